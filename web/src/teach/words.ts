import { VisavisError } from 'visavis';
import { photoProblem, type Problem } from '../shared/messages';
import { type LessonState, MAX_EXAMPLES, type Subject, taught, type TaughtClass } from './state';

/** All words of "Teach it" that depend on what happened. */

function problem(title: string, advice: string): Problem {
  return { title, advice, showsPhoto: false };
}

const NAME_MISSING = problem('A class needs a name', 'The old one was kept.');
export const TOO_MANY = problem(
  `${MAX_EXAMPLES} examples are the limit`,
  'More were not taken: remove one to make room for another.',
);

/** Why a class cannot be called so, or null where it can. */
export function nameProblem(name: string, others: readonly TaughtClass[]): Problem | null {
  if (!name) return NAME_MISSING;
  if (!others.some((entry) => entry.name === name)) return null;
  return problem(
    `“${name}” is another class’s name`,
    'The old one was kept: choose a different one.',
  );
}

export function severalPeople(count: number): Problem {
  return problem(
    `${count} faces found`,
    'The largest was taken: if it is the wrong one, give a photo of one person.',
  );
}

export function exampleProblem(error: unknown, subject: Subject): Problem {
  const known = photoProblem(error);
  if (subject === 'faces' || !(error instanceof VisavisError)) return known;
  return {
    ...known,
    title: known.title.replace('as a photo', 'as a picture').replace('photo', 'picture'),
  };
}

export function classifierLost(error: unknown): Problem {
  return problem(
    'Something went wrong here',
    `Reload the page, and teach it again (${reason(error)}).`,
  );
}

export const KEPT_BY_ANOTHER_MODEL = problem(
  'What was kept cannot be used',
  'It was made by another version of the network: teach it again, or erase it.',
);

export function isFromAnotherModel(error: unknown): boolean {
  return error instanceof VisavisError && error.code === 'model-mismatch';
}

export function unreadable(error: unknown): Problem {
  return problem('What was kept cannot be read', `Teach it again, or erase it (${reason(error)}).`);
}

/** Private windows and full disks. Everything on the screen is still there. */
export function keepingProblem(error: unknown): Problem {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  const why = isFull
    ? 'the space for this site is full'
    : `in a private window it may not: ${reason(error)}`;
  return problem(
    'This browser keeps nothing for this page',
    `Nothing on the screen is lost (${why}).`,
  );
}

function reason(error: unknown): string {
  return error instanceof Error || error instanceof DOMException
    ? error.message || error.name
    : String(error);
}

export interface LessonWords {
  readonly headline: string;
  readonly lead: string;
}

const TITLE = 'Teach it';

const INVITATION: Record<Subject, string> = {
  characters:
    'Draw one to five examples of each of a few signs. Then draw one more, and watch it tell which it is.',
  faces:
    'Add one to five photos of each of a few people. Then add another, and see whom it recognises.',
};
const TRIAL: Record<Subject, string> = {
  characters: 'Now draw one of them on the right sheet.',
  faces: 'Now add another photo, a selfie say.',
};

export function lessonWords(
  subject: Subject,
  { classes, query, answer }: LessonState,
): LessonWords {
  const known = taught(classes);
  if (known.length === 0) return { headline: TITLE, lead: INVITATION[subject] };
  if (known.length === 1) {
    const only = short(known[0]?.name ?? '');
    const lead = `So far it knows “${only}” alone, and everything would be that: give an example of a second.`;
    return { headline: TITLE, lead };
  }
  if (!answer)
    return { headline: TITLE, lead: query && !query.problem ? 'Looking…' : TRIAL[subject] };
  const best = answer.ranking[0];
  const name = nameOf(classes, best?.name ?? '');
  if (answer.isNoneOfThese)
    return {
      headline: 'None of these',
      lead: `Nearest is “${short(name)}”, but it is not like it enough.`,
    };
  return {
    headline: name,
    lead: `${percent(best?.probability ?? 0)} sure, among the ${known.length} it knows.`,
  };
}

/** A sentence with a name in it keeps to its lines. */
function short(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

export function nameOf(classes: readonly TaughtClass[], id: string): string {
  return classes.find((entry) => entry.id === id)?.name ?? '';
}

/** Never "100%" of what is not quite sure, nor "0%" of what is not impossible. */
export function percent(share: number): string {
  if (share > 0.99) return 'over 99%';
  if (share < 0.01) return 'under 1%';
  return `${Math.round(100 * share)}%`;
}

export function exampleCount(count: number): string {
  return count === 1 ? '1 example' : `${count} examples`;
}
