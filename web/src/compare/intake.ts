import type { Receiver } from '../shared/intake';
import type { Session } from './session';
import { opposite, type SlotName, SLOTS } from './state';

/** Brings photos into the slots; a second one offered at once goes to the other slot. */
export function photoReceiver(session: Session): Receiver<SlotName> {
  return {
    targetAt: (element) => slotAt(element) ?? session.slotForNewPhoto(),
    elementOf: (slot) => document.getElementById(slot),
    take(slot, [first, second]) {
      if (first) session.add(slot, first);
      if (second) session.add(opposite(slot), second);
    },
    refuse: (slot, problem) => session.refuse(slot, problem),
  };
}

function slotAt(element: EventTarget | null): SlotName | null {
  const id = element instanceof Element ? element.closest('.slot')?.id : undefined;
  return SLOTS.find((slot) => slot === id) ?? null;
}
