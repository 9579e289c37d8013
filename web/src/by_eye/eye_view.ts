import { EYE_FEATURES, type EyeFeature, type EyeFinding } from '../report/report';
import { FEATURE_NAMES, FINDING_NAMES } from '../report/report_words';
import { create, setText } from '../shared/dom';
import { createButton, createSheet } from '../shared/sheet';
import { EYE_WORDS as WORDS, FEATURE_HINTS, type View, VIEWS } from './eye_words';
import {
  createPortrait,
  drawPortrait,
  type FindLandmarks,
  type PhotoOfFace,
} from './portrait_view';
import { createSegments } from '../shared/segments';

/** Each portrait is seen for half a second: 1 Hz, well below the three flashes a second that can do harm (WCAG 2.3.1). */
const HALF_PERIOD_MS = 500;

export interface EyePair {
  readonly reference: PhotoOfFace;
  readonly probe: PhotoOfFace;
  readonly findings: Readonly<Partial<Record<EyeFeature, EyeFinding['finding']>>>;
}

export interface EyeSource {
  readonly findLandmarks: FindLandmarks;
  note(feature: EyeFeature, finding: EyeFinding['finding']): void;
}

/** The dialog in which a person compares two portraits: side by side, with a line to move, or by turns. */
export class EyeView {
  private readonly dialog = createSheet('eye', WORDS.title, WORDS.close);
  private readonly reference = createPortrait(WORDS.reference);
  private readonly probe = createPortrait(WORDS.probe);
  private readonly stage = create('div', 'eye-stage');
  private readonly views = createSegments('eye-view', VIEWS, (view) => this.show(view));
  private readonly divider = create('input', 'eye-divider');
  private readonly turn = createButton('eye-turn', WORDS.stop, () => this.pressTurn());
  private readonly lists = new Map(EYE_FEATURES.map((feature) => [feature, this.listFor(feature)]));
  private readonly prefersStill = matchMedia('(prefers-reduced-motion: reduce)');
  private timer: number | undefined;

  constructor(private readonly source: EyeSource) {
    this.divider.type = 'range';
    this.divider.setAttribute('aria-label', WORDS.divider);
    this.divider.addEventListener('input', () => this.divide());
    this.turn.classList.add('quiet');
    this.stage.append(
      figure(this.reference, WORDS.reference, 'eye-reference'),
      figure(this.probe, WORDS.probe, 'eye-probe'),
    );
    const how = create('fieldset', 'policy');
    how.append(create('legend', 'unseen', WORDS.how), this.views.element);
    const look = create('div', 'eye-look');
    look.append(how, this.stage, this.divider, this.turn);
    const list = create('section', 'eye-list');
    list.append(create('h3', '', WORDS.look), create('p', 'small', WORDS.advice));
    for (const { element } of this.lists.values()) list.append(element);
    const columns = create('div', 'eye-columns');
    columns.append(look, list);
    this.dialog.append(columns);
    this.dialog.addEventListener('close', () => this.stop());
  }

  open({ reference, probe, findings }: EyePair): void {
    for (const [feature, list] of this.lists) list.select(findings[feature] ?? null);
    const { findLandmarks } = this.source;
    // A photo that is gone by now leaves its portrait empty.
    void drawPortrait(this.reference, reference, findLandmarks).catch(() => undefined);
    void drawPortrait(this.probe, probe, findLandmarks).catch(() => undefined);
    this.divider.value = '50';
    this.divide();
    this.views.select('side');
    this.show('side');
    this.dialog.showModal();
    this.views.focus();
  }

  private show(view: View): void {
    this.stop();
    this.stage.dataset['view'] = view;
    this.divider.hidden = view !== 'slider';
    this.turn.hidden = view !== 'blink';
    if (view !== 'blink') return;
    this.stage.dataset['turn'] = 'reference';
    if (this.prefersStill.matches) setText(this.turn, WORDS.showOther);
    else this.start();
  }

  private divide(): void {
    const percent = Number(this.divider.value);
    this.stage.style.setProperty('--divider', `${percent}%`);
    this.divider.setAttribute('aria-valuetext', WORDS.dividerAt(percent));
  }

  private pressTurn(): void {
    if (this.prefersStill.matches) this.takeTurn();
    else if (this.timer === undefined) this.start();
    else this.stop();
  }

  private start(): void {
    setText(this.turn, WORDS.stop);
    this.timer = window.setInterval(() => this.takeTurn(), HALF_PERIOD_MS);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    setText(this.turn, WORDS.goOn);
  }

  private takeTurn(): void {
    const isReference = this.stage.dataset['turn'] === 'reference';
    this.stage.dataset['turn'] = isReference ? 'probe' : 'reference';
  }

  private listFor(feature: EyeFeature) {
    const segments = createSegments(`eye-${feature}`, FINDING_NAMES, (finding) =>
      this.source.note(feature, finding),
    );
    const element = create('fieldset', 'policy');
    const legend = create('legend', '', FEATURE_NAMES[feature]);
    legend.append(create('span', 'small', ` ${FEATURE_HINTS[feature]}`));
    element.append(legend, segments.element);
    return { element, select: segments.select };
  }
}

function figure(canvas: HTMLCanvasElement, title: string, name: string): HTMLElement {
  const element = create('figure', name);
  element.append(canvas, create('figcaption', '', title));
  return element;
}
