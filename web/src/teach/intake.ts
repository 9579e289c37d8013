import type { Receiver } from '../shared/intake';

/** A class, by its id, or the query (null). */
export type Target = string | null;

/** Finds the card that an element belongs to: what is beside the cards is to be recognised. */
export const cardTargets: Pick<Receiver<Target>, 'targetAt' | 'elementOf'> = {
  targetAt: (element) =>
    (element instanceof Element ? element.closest<HTMLElement>('.card')?.dataset['class'] : null) ??
    null,
  elementOf: (target) =>
    document.querySelector(
      target === null ? '.trial' : `.card[data-class="${CSS.escape(target)}"]`,
    ),
};
