import type { Classification, EmbeddedImage } from 'visavis';
import type { EngineState } from '../shared/loading';
import type { Problem } from '../shared/messages';
import { type StoreOf, storeOf } from '../shared/store';

export const SUBJECTS = ['characters', 'faces'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** So many examples a class: more would hardly help, and a few is the point. */
export const MAX_EXAMPLES = 5;
export const MAX_NAME_LENGTH = 40;

/** What the network saw of an image. */
export type Thumbnail = EmbeddedImage['crop'];

export interface Example {
  readonly id: number;
  /** Null while it is being read. */
  readonly thumbnail: Thumbnail | null;
}

export interface TaughtClass {
  /** Names it to the classifier, so that people may rename it. */
  readonly id: string;
  readonly name: string;
  readonly examples: readonly Example[];
  readonly problem: Problem | null;
}

export interface Query {
  readonly id: number;
  /** Or a picture, of which only what the network saw can be shown. */
  readonly isDrawing: boolean;
  /** Null while it is being read. */
  readonly image: EmbeddedImage | null;
  readonly problem: Problem | null;
}

export type Engine = EngineState<{ readonly rejectionDistance: number | null }>;

/** Of one subject. */
export interface LessonState {
  readonly engine: Engine;
  readonly classes: readonly TaughtClass[];
  readonly query: Query | null;
  /** Of the query and the classes shown, or of the drawing before its last stroke; null while there is none. */
  readonly answer: Classification | null;
}

export type LessonStore = StoreOf<LessonState>;

/** Two classes, so that nobody has to be told that it takes two. */
export function createLessonStore(subject: Subject): LessonStore {
  const classes = ['c1', 'c2'].map((id, i) => ({
    id,
    name: defaultName(subject, i),
    examples: [],
    problem: null,
  }));
  return storeOf<LessonState>({ engine: { phase: 'idle' }, classes, query: null, answer: null });
}

/** "A", "B", .. "Z", "27"; "Person 1", .. */
export function defaultName(subject: Subject, index: number): string {
  if (subject === 'faces') return `Person ${index + 1}`;
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

/** For a class to come. */
export function freeName(subject: Subject, classes: readonly TaughtClass[]): string {
  const names = new Set(classes.map((entry) => entry.name));
  let index = classes.length;
  while (names.has(defaultName(subject, index))) index++;
  return defaultName(subject, index);
}

/** Those that the classifier knows: with an example that has been read. */
export function taught(classes: readonly TaughtClass[]): TaughtClass[] {
  return classes.filter((entry) => entry.examples.some((example) => example.thumbnail));
}

export function isSettled(classes: readonly TaughtClass[]): boolean {
  return classes.every((entry) => entry.examples.every((example) => example.thumbnail));
}
