import type { Classifier } from 'visavis';
import type { KeptLesson } from './kept_lesson';
import type { TaughtClass } from './state';

/** What was kept, on its way into a classifier. */
export interface Restoring {
  readonly kept: KeptLesson;
  into(classifier: Classifier): Promise<void>;
}

/** Throws what importSupport throws, and for embeddings that are not those of the thumbnails. */
export async function importKept(classifier: Classifier, kept: KeptLesson): Promise<void> {
  await classifier.importSupport(kept.support);
  const sizes = new Map(classifier.classes.map(({ name, examples }) => [name, examples]));
  const isWhole = kept.classes.every(({ id, thumbnails }) => sizes.get(id) === thumbnails.length);
  if (isWhole && sizes.size === kept.classes.length) return;
  for (const name of sizes.keys()) await classifier.removeClass(name);
  throw new Error('its parts do not fit together');
}

export function without(entry: TaughtClass, examples: ReadonlySet<number>): TaughtClass {
  return { ...entry, examples: entry.examples.filter((example) => !examples.has(example.id)) };
}
