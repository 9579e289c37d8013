import { create, createSvg } from './dom';

/** A dialog with a title and a button that closes it; Escape and a press beside it do so too. */
export function createSheet(id: string, title: string, close: string): HTMLDialogElement {
  const dialog = create('dialog', 'sheet');
  dialog.id = id;
  const head = create('div', 'sheet-head');
  const heading = create('h2', '', title);
  heading.id = `${id}-title`;
  dialog.setAttribute('aria-labelledby', heading.id);
  const button = create('button', 'icon-button');
  button.type = 'button';
  button.id = `${id}-close`;
  button.setAttribute('aria-label', close);
  const cross = createSvg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  cross.append(createSvg('path', { d: 'M6 6l12 12M18 6 6 18' }));
  button.append(cross);
  button.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // The backdrop.
  });
  head.append(heading, button);
  dialog.append(head);
  document.body.append(dialog);
  return dialog;
}

export function createButton(id: string, text: string, act: () => void): HTMLButtonElement {
  const button = create('button', 'button', text);
  button.type = 'button';
  button.id = id;
  button.addEventListener('click', act);
  return button;
}
