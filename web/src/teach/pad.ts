import { createSvg, find } from '../shared/dom';
import { type Dot, pathOf, PEN, SIDE, type Stroke } from './strokes';

/** Dots nearer than this are one, in SIDE-ths of the sheet's height. */
const LEAST_STEP = 0.4;

/**
 * A sheet to draw on with mouse, finger or pen. How hard a pen presses is ignored: Omniglot was drawn with mice, and
 * the network has never seen a stroke swell.
 */
export class Pad {
  private readonly ink: SVGSVGElement;
  private strokes: Stroke[] = [];
  private current: { pointer: number; dots: Dot[]; path: SVGPathElement } | null = null;

  /** `onStroke` is told all strokes after each one, and after undo and clear. */
  constructor(
    private readonly sheet: HTMLElement,
    private readonly onStroke: (strokes: readonly Stroke[]) => void,
  ) {
    this.ink = find<SVGSVGElement>(sheet, '.ink');
    sheet.addEventListener('pointerdown', (event) => this.begin(event));
    sheet.addEventListener('pointermove', (event) => this.move(event));
    sheet.addEventListener('pointerup', (event) => this.end(event));
    sheet.addEventListener('pointercancel', () => this.drop());
  }

  get drawing(): readonly Stroke[] {
    return this.strokes;
  }

  undo(): void {
    this.drop();
    this.strokes.pop();
    this.ink.lastElementChild?.remove();
    this.tell();
  }

  clear(): void {
    this.wipe();
    this.onStroke(this.strokes);
  }

  /** As clear(), where nobody need be told: something else took the drawing's place. */
  wipe(): void {
    this.strokes = [];
    this.ink.replaceChildren();
    this.drop();
  }

  private begin(event: PointerEvent): void {
    if (this.current || event.button !== 0 || this.sheet.dataset['draws'] !== 'true') return;
    this.sheet.setPointerCapture(event.pointerId);
    const path = createSvg('path', { 'stroke-width': PEN });
    this.ink.append(path);
    this.current = { pointer: event.pointerId, dots: [], path };
    this.sheet.classList.add('has-ink');
    this.follow(event);
  }

  private move(event: PointerEvent): void {
    if (event.pointerId !== this.current?.pointer) return;
    // Fast strokes have more positions than the screen has frames.
    const positions = event.getCoalescedEvents?.() ?? [];
    for (const position of positions.length > 0 ? positions : [event]) this.follow(position);
  }

  private end(event: PointerEvent): void {
    if (event.pointerId !== this.current?.pointer) return;
    this.strokes = [...this.strokes, this.current.dots];
    this.current = null;
    this.tell();
  }

  /** A second finger that zooms, or the system: what was being drawn was not meant. */
  private drop(): void {
    this.current?.path.remove();
    this.current = null;
    this.sheet.classList.toggle('has-ink', this.strokes.length > 0);
  }

  private follow(event: PointerEvent): void {
    if (!this.current) return;
    const { left, top, height } = this.ink.getBoundingClientRect();
    const scale = SIDE / height;
    const dot = { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
    const last = this.current.dots.at(-1);
    if (last && Math.hypot(dot.x - last.x, dot.y - last.y) < LEAST_STEP) return;
    this.current.dots.push(dot);
    this.current.path.setAttribute('d', pathOf(this.current.dots));
  }

  private tell(): void {
    this.sheet.classList.toggle('has-ink', this.strokes.length > 0);
    this.onStroke(this.strokes);
  }
}
