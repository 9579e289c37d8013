import type { Decision, EnrolledFace } from 'visavis';
import { announce } from '../shared/announcer';
import { byId, setText } from '../shared/dom';
import { renderLoading } from '../shared/loading';
import { OUTCOME_SHAPES } from '../shared/outcome_shapes';
import { drawPixels } from '../shared/pixels_view';
import { decisionWords } from './decision_words';
import { LikenessBar } from './likeness_bar';
import { ScaleView } from './scale_view';
import { type Engine, hasSeveralFaces, type SlotName, type State } from './state';
import { type Step, stepsAfter } from './steps';

const QUESTION = 'Is this the same person?';

/** What the user can do next. */
export interface NextSteps {
  retryLoading(): void;
  /** Takes or chooses another photo. */
  replace(slot: SlotName): void;
  /** Shows the faces that could be compared instead. */
  showFaces(): void;
  compareByEye(): void;
  saveReport(): void;
  /** Starts over with two other photos. */
  startOver(): void;
}

/** The column that tells the outcome, or what is still missing for one. */
export class DecisionView {
  private readonly bar = new LikenessBar(byId('likeness'));
  private readonly scale = new ScaleView(byId('scale'));
  private calibrated = false;
  private told: Decision | null = null;

  constructor(steps: NextSteps) {
    byId('loading-retry').addEventListener('click', () => steps.retryLoading());
    byId('new-selfie').addEventListener('click', () => steps.replace('selfie'));
    byId('new-passport').addEventListener('click', () => steps.replace('passport'));
    byId('other-face').addEventListener('click', () => steps.showFaces());
    byId('by-eye').addEventListener('click', () => steps.compareByEye());
    byId('save-report').addEventListener('click', () => steps.saveReport());
    byId('start-over').addEventListener('click', () => steps.startOver());
  }

  render(state: State): void {
    this.renderEngine(state.engine);
    const { passport, selfie, decision } = state;
    document.body.dataset['outcome'] = decision?.outcome ?? 'none';
    byId('result').hidden = !decision;
    if (!decision || !passport?.enrolled || !selfie?.enrolled) {
      this.tell(QUESTION, nextStep(state), '', '');
      this.told = null;
      return;
    }
    const { headline, lead, evidence, cause } = decisionWords(decision);
    this.tell(headline, lead, cause, evidence);
    this.bar.show(decision);
    this.scale.show(decision);
    byId('shape').setAttribute('d', OUTCOME_SHAPES[decision.outcome]);
    renderSteps(stepsAfter(decision, hasSeveralFaces(passport) || hasSeveralFaces(selfie)));
    byId('second-person').hidden =
      decision.outcome !== 'review' || decision.reasons.includes('same-picture');
    byId('before-you-decide').hidden = decision.outcome !== 'mismatch';
    drawPixels(byId<HTMLCanvasElement>('crop-passport'), passport.enrolled.crop);
    drawPixels(byId<HTMLCanvasElement>('crop-selfie'), selfie.enrolled.crop);
    setText(byId('timing'), timing(passport.enrolled, selfie.enrolled));
    if (this.told !== decision) announce(`${headline}. ${lead} ${cause} ${evidence}`.trim());
    if (this.told === null) bringIntoSight();
    this.told = decision;
  }

  private tell(headline: string, lead: string, cause: string, evidence: string): void {
    setText(byId('headline'), headline);
    setText(byId('lead'), lead);
    for (const [id, text] of Object.entries({ cause, evidence })) {
      setText(byId(id), text);
      byId(id).hidden = !text;
    }
  }

  private renderEngine(engine: Engine): void {
    renderLoading(engine);
    if (engine.phase === 'ready' && !this.calibrated) {
      this.scale.calibrate(engine.calibration);
      this.calibrated = true;
    }
  }
}

/** The first is the one that stands out. */
function renderSteps(steps: readonly Step[]): void {
  const focused = document.activeElement;
  for (const button of byId('steps').children) {
    const place = steps.indexOf(button.id as Step);
    (button as HTMLElement).hidden = place < 0;
    button.classList.toggle('quiet', place !== 0);
  }
  byId('steps').append(...steps.map((step) => byId(step)));
  // A button that is moved loses the focus.
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
}

/** A new outcome is what the user waits for. A face that was picked keeps the focus. */
function bringIntoSight(): void {
  const active = document.activeElement;
  const isElsewhere = active !== null && active !== document.body;
  if (isElsewhere && !active.matches('.choose, .camera, #new-selfie, #new-passport')) return;
  const headline = byId('headline');
  headline.focus({ preventScroll: true });
  headline.scrollIntoView({ block: 'nearest' });
}

function nextStep({ passport, selfie }: State): string {
  if (passport && selfie) {
    if (passport.phase === 'working' || selfie.phase === 'working') return 'Reading the photos…';
    const failed = passport.phase === 'failed' ? passport : selfie;
    const name = failed === passport ? 'passport photo' : 'selfie';
    return `Take another look at the ${name}: ${lowerCase(failed.problem?.title ?? '')}.`;
  }
  if (passport) return 'Now add a selfie.';
  if (selfie) return 'Now add the passport photo.';
  return 'Add a passport photo and a selfie: choose, drop or paste a file, or use the camera.';
}

function lowerCase(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

function timing(passport: EnrolledFace, selfie: EnrolledFace): string {
  const [a, b] = [Math.round(passport.milliseconds), Math.round(selfie.milliseconds)];
  return `Read on this device in ${a} ms (passport photo) and ${b} ms (selfie).`;
}
