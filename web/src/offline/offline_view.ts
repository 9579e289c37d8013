import { byId, create } from '../shared/dom';
import { createButton } from '../shared/sheet';

const WORDS = {
  kept: 'Works offline',
  update: 'An update is ready. Reloading forgets the photos on the page.',
  reload: 'Reload',
} as const;

/** Ticks "Works offline". */
export function showKept(): void {
  byId('offline').textContent = WORDS.kept;
  byId('offline').hidden = false;
}

/** Photos would be lost by a reload, so it is the user's to start. */
export function showUpdate(apply: () => void): void {
  const notice = create('div', 'update-notice');
  notice.setAttribute('role', 'status');
  notice.append(create('p', '', WORDS.update), createButton('update', WORDS.reload, apply));
  document.querySelector('.update-notice')?.remove();
  byId('offline').closest('header')?.after(notice);
}
