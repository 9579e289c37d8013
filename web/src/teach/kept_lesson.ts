import { SUBJECTS, type Subject, taught, type TaughtClass, type Thumbnail } from './state';

/** What is kept of a subject: names, thumbnails, and the embeddings inside `support`. No photo, no drawing. */
export interface KeptLesson {
  readonly subject: Subject;
  /** Fingerprint of the embedder, for people who look; `support` carries its own. */
  readonly model: string;
  /** What Classifier.exportSupport gave. */
  readonly support: Uint8Array<ArrayBuffer>;
  readonly classes: readonly {
    readonly id: string;
    readonly name: string;
    readonly thumbnails: readonly Thumbnail[];
  }[];
}

export function packed(
  subject: Subject,
  classes: readonly TaughtClass[],
  model: string,
  support: Uint8Array<ArrayBuffer>,
): KeptLesson {
  const kept = taught(classes).map(({ id, name, examples }) => ({
    id,
    name,
    thumbnails: examples.flatMap((example) => example.thumbnail ?? []),
  }));
  return { subject, model, support, classes: kept };
}

export function unpacked(kept: KeptLesson, nextId: () => number): TaughtClass[] {
  return kept.classes.map(({ id, name, thumbnails }) => ({
    id,
    name,
    examples: thumbnails.map((thumbnail) => ({ id: nextId(), thumbnail })),
    problem: null,
  }));
}

/** Whether something read from a store is what packed() makes: an older page may have written it. */
export function isKeptLesson(value: unknown): value is KeptLesson {
  const { subject, support, classes } = (value ?? {}) as Partial<KeptLesson>;
  return (
    SUBJECTS.some((known) => known === subject) &&
    support instanceof Uint8Array &&
    Array.isArray(classes) &&
    classes.every(
      (entry) =>
        typeof entry?.id === 'string' &&
        typeof entry.name === 'string' &&
        Array.isArray(entry.thumbnails) &&
        entry.thumbnails.every(isThumbnail),
    )
  );
}

function isThumbnail(value: unknown): value is Thumbnail {
  const { width, height, data } = (value ?? {}) as Partial<Thumbnail>;
  return (
    data instanceof Uint8ClampedArray &&
    data.length === (width ?? 0) * (height ?? 0) * 4 &&
    data.length > 0
  );
}
