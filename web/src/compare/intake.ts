import { dropped } from '../shared/drop';
import { NOTHING_PASTED, type Problem } from '../shared/messages';
import type { Session } from './session';
import { opposite, type SlotName, SLOTS } from './state';

/** Brings photos in: from the file picker, by drag and drop, and from the clipboard. */
export class Intake {
  constructor(private readonly session: Session) {}

  listenToPicker(input: HTMLInputElement, slot: SlotName): void {
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file) this.session.add(slot, file);
      input.value = ''; // So that the same file can be chosen again.
    });
  }

  /** Files may be dropped anywhere: a browser would otherwise leave the page for a photo dropped beside. */
  listenToDrops(page: HTMLElement): void {
    let target: SlotName | null = null;
    const mark = (slot: SlotName | null) => {
      target = slot;
      for (const name of SLOTS) document.getElementById(name)?.classList.toggle('is-target', name === slot);
    };
    page.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      mark(slotAt(event.target) ?? this.session.slotForNewPhoto());
    });
    page.addEventListener('dragleave', (event) => {
      if (!event.relatedTarget) mark(null);
    });
    page.addEventListener('drop', (event) => {
      event.preventDefault();
      const slot = slotAt(event.target) ?? target ?? this.session.slotForNewPhoto();
      mark(null);
      if (event.dataTransfer) this.take(slot, dropped(event.dataTransfer));
    });
  }

  /** Pastes go to the slot that has the focus, else to the first empty one. */
  listenToPastes(page: Document): void {
    page.addEventListener('paste', (event) => {
      const slot = slotAt(document.activeElement) ?? this.session.slotForNewPhoto();
      const files = [...(event.clipboardData?.files ?? [])];
      this.take(slot, files.length > 0 ? files : NOTHING_PASTED);
    });
  }

  /** A second photo offered at once goes to the other slot. */
  private take(slot: SlotName, offered: File[] | Problem): void {
    if (!Array.isArray(offered)) {
      this.session.refuse(slot, offered);
      return;
    }
    const [first, second] = offered;
    if (first) this.session.add(slot, first);
    if (second) this.session.add(opposite(slot), second);
  }
}

function slotAt(target: EventTarget | null): SlotName | null {
  const id = target instanceof Element ? target.closest('.slot')?.id : undefined;
  return SLOTS.find((slot) => slot === id) ?? null;
}
