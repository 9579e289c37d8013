import { byId } from './dom';

/** Says something to screen readers, politely. */
export function announce(text: string): void {
  byId('announcer').textContent = text;
}
