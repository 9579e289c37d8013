import { dropped } from '../shared/drop';
import { NOTHING_PASTED, type Problem } from '../shared/messages';

/** Where files were let go: a class's card, by its class, or the query (null). */
export type Target = string | null;

export interface Receiver {
  take(target: Target, files: readonly File[]): void;
  refuse(target: Target, problem: Problem): void;
}

/** Files may be dropped anywhere: what is beside the cards is to be recognised. */
export function listenToDrops(page: HTMLElement, receiver: Receiver): void {
  const mark = (element: Element | null) => {
    for (const marked of document.querySelectorAll('.is-target')) if (marked !== element) marked.classList.remove('is-target');
    element?.classList.add('is-target');
  };
  page.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    mark(cardAt(event.target) ?? document.querySelector('.trial'));
  });
  page.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) mark(null);
  });
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(null);
    if (event.dataTransfer) give(receiver, targetAt(event.target), dropped(event.dataTransfer));
  });
}

/** To the card that has the focus, else to what is to be recognised. */
export function listenToPastes(page: Document, receiver: Receiver): void {
  page.addEventListener('paste', (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === 'text' && !event.clipboardData?.files.length) return;
    const files = [...(event.clipboardData?.files ?? [])];
    give(receiver, targetAt(document.activeElement), files.length > 0 ? files : NOTHING_PASTED);
  });
}

function give(receiver: Receiver, target: Target, offered: File[] | Problem): void {
  if (Array.isArray(offered)) receiver.take(target, offered);
  else receiver.refuse(target, offered);
}

function cardAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('.card') : null;
}

function targetAt(target: EventTarget | null): Target {
  return cardAt(target)?.dataset['class'] ?? null;
}
