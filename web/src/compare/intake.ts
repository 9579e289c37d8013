import type { Receiver } from '../shared/intake';
import { MORE_THAN_TWO } from '../shared/messages';
import type { Session } from './session';
import { type SlotName, SLOTS } from './state';

/** Brings photos into the slots: one into the slot it is meant for, two as they are named, passport first. */
export function photoReceiver(session: Session): Receiver<SlotName> {
  return {
    targetAt: (element) => slotAt(element) ?? session.slotForNewPhoto(),
    elementOf: (slot) => document.getElementById(slot),
    take(slot, files, way) {
      const [first, second] = files;
      if (first && second) {
        session.add('passport', first, way);
        session.add('selfie', second, way);
      } else if (first) {
        session.add(slot, first, way);
      }
      if (files.length > 2) session.refuse('selfie', MORE_THAN_TWO);
    },
    refuse: (slot, problem) => session.refuse(slot, problem),
  };
}

function slotAt(element: EventTarget | null): SlotName | null {
  const id = element instanceof Element ? element.closest('.slot')?.id : undefined;
  return SLOTS.find((slot) => slot === id) ?? null;
}
