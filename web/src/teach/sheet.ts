import { byId, find, setText } from '../shared/dom';
import { engrave, SELFIE_POSE } from '../shared/engraving';
import { listenToPicker } from '../shared/intake';
import { Pad } from './pad';
import type { Subject } from './state';
import type { Stroke } from './strokes';

/** The drawing of an empty sheet for faces: made once, and only where there is one. */
let bust: string | undefined;

export interface SheetActions {
  /** Told after each stroke, undo and clear. */
  onStroke?(strokes: readonly Stroke[]): void;
  /** With it there is a button that does it. */
  onAdd?(strokes: readonly Stroke[]): void;
  onFiles(files: readonly File[]): void;
  openCamera(): void;
}

/** A place to draw on or to drop onto, with its buttons: which of them there are depends on the subject. */
export class SheetView {
  readonly pad: Pad;
  private readonly buttons: Record<
    'add' | 'undo' | 'clear' | 'picture' | 'choose' | 'camera',
    HTMLButtonElement
  >;

  constructor(
    private readonly sheet: HTMLElement,
    actions: HTMLElement,
    private readonly does: SheetActions,
  ) {
    actions.append(byId<HTMLTemplateElement>('actions-template').content.cloneNode(true));
    const button = (name: string): HTMLButtonElement =>
      find<HTMLButtonElement>(actions, `.${name}`);
    this.buttons = {
      add: button('add'),
      undo: button('undo'),
      clear: button('clear'),
      picture: button('picture'),
      choose: button('choose'),
      camera: button('camera'),
    };
    this.pad = new Pad(sheet, (strokes) => {
      this.offer();
      does.onStroke?.(strokes);
    });
    this.connect(find<HTMLInputElement>(actions, 'input'));
    this.offer();
  }

  /** `owner` completes the buttons' names: "Undo, A". */
  render(subject: Subject, owner: string, isWorking: boolean): void {
    const draws = subject === 'characters';
    this.sheet.dataset['draws'] = String(draws);
    const { add, undo, clear, picture, choose, camera } = this.buttons;
    add.hidden = !draws || !this.does.onAdd;
    for (const button of [undo, clear, picture]) button.hidden = !draws;
    for (const button of [choose, camera]) button.hidden = draws;
    const names: [HTMLButtonElement, string][] = [
      [add, 'Add'],
      [undo, 'Undo'],
      [clear, 'Clear'],
      [picture, 'Choose pictures'],
      [choose, 'Choose photos'],
      [camera, 'Camera'],
    ];
    for (const [button, name] of names) button.setAttribute('aria-label', `${name}, ${owner}`);
    if (!draws) this.engrave();
    setText(find(this.sheet, '.slot-status'), isWorking && !draws ? 'Looking for a face…' : '');
  }

  private engrave(): void {
    bust ??= engrave(SELFIE_POSE, 400, 500);
    const path = find(this.sheet, '.engraving path');
    if (!path.hasAttribute('d')) path.setAttribute('d', bust);
  }

  /** What there is no ink for cannot be done. */
  private offer(): void {
    const isEmpty = this.pad.drawing.length === 0;
    for (const button of [this.buttons.add, this.buttons.undo, this.buttons.clear])
      button.disabled = isEmpty;
  }

  wipe(): void {
    this.pad.wipe();
    this.offer();
  }

  private connect(input: HTMLInputElement): void {
    const { add, undo, clear, picture, choose, camera } = this.buttons;
    add.addEventListener('click', () => this.does.onAdd?.(this.pad.drawing));
    undo.addEventListener('click', () => this.pad.undo());
    clear.addEventListener('click', () => this.pad.clear());
    for (const button of [picture, choose]) button.addEventListener('click', () => input.click());
    camera.addEventListener('click', () => this.does.openCamera());
    input.multiple = this.does.onAdd !== undefined;
    listenToPicker(input, (files) => this.does.onFiles(files));
    this.sheet.addEventListener('click', () => {
      if (this.sheet.dataset['draws'] === 'false') input.click();
    });
  }
}
