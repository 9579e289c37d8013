import type { CaptureWay } from './capture_way';
import { dropped } from './drop';
import { NOTHING_PASTED, type Problem } from './messages';

/** Where files go that were dropped or pasted. `Target` names one of the page's places for them. */
export interface Receiver<Target> {
  /** The place that the element belongs to; for any other element, the place that comes next. */
  targetAt(element: EventTarget | null): Target;
  elementOf(target: Target): Element | null;
  take(target: Target, files: readonly File[], way: CaptureWay): void;
  refuse(target: Target, problem: Problem): void;
}

/** Files may be dropped anywhere: a browser would otherwise leave the page for a file dropped beside. */
export function listenToDrops<Target>(page: HTMLElement, receiver: Receiver<Target>): void {
  const mark = (element: Element | null): void => {
    for (const marked of document.querySelectorAll('.is-target'))
      if (marked !== element) marked.classList.remove('is-target');
    element?.classList.add('is-target');
  };
  page.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    mark(receiver.elementOf(receiver.targetAt(event.target)));
  });
  page.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) mark(null);
  });
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(null);
    if (event.dataTransfer)
      give(receiver, receiver.targetAt(event.target), dropped(event.dataTransfer), 'file');
  });
}

/** A paste goes to the place that has the focus, else to the next one. Text pasted into a field stays there. */
export function listenToPastes<Target>(page: Document, receiver: Receiver<Target>): void {
  page.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'text';
    if (isTyping && files.length === 0) return;
    give(
      receiver,
      receiver.targetAt(document.activeElement),
      files.length > 0 ? files : NOTHING_PASTED,
      'pasted',
    );
  });
}

export function listenToPicker(
  input: HTMLInputElement,
  take: (files: readonly File[]) => void,
): void {
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = ''; // So that the same file can be chosen again.
    if (files.length > 0) take(files);
  });
}

function give<Target>(
  receiver: Receiver<Target>,
  target: Target,
  offered: readonly File[] | Problem,
  way: CaptureWay,
): void {
  if ('title' in offered) receiver.refuse(target, offered);
  else receiver.take(target, offered, way);
}
