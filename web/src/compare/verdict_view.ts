import type { EnrolledFace } from 'visavis';
import { announce } from '../shared/announcer';
import { byId, setText } from '../shared/dom';
import { renderLoading } from '../shared/loading';
import { drawPixels } from '../shared/pixels_view';
import { ScaleView } from './scale_view';
import type { Engine, State } from './state';
import { verdictWords } from './verdict_words';

const QUESTION = 'Is this the same person?';

/** The column that tells the verdict, or what is still missing for one. */
export class VerdictView {
  private readonly scale = new ScaleView(byId('scale'));
  private calibrated = false;
  private told: unknown = null;

  constructor(retry: () => void) {
    byId('loading-retry').addEventListener('click', retry);
  }

  render(state: State): void {
    this.renderEngine(state.engine);
    const { passport, selfie, verdict } = state;
    document.body.dataset['verdict'] = verdict ? (verdict.isMatch ? 'match' : 'different') : 'none';
    byId('result').hidden = !verdict;
    if (!verdict || !passport?.enrolled || !selfie?.enrolled) {
      this.tell(QUESTION, nextStep(state), '');
      this.told = null;
      return;
    }
    const words = verdictWords(verdict);
    this.tell(words.headline, words.lead, words.aside);
    this.scale.show(verdict);
    drawPixels(byId<HTMLCanvasElement>('crop-passport'), passport.enrolled.crop);
    drawPixels(byId<HTMLCanvasElement>('crop-selfie'), selfie.enrolled.crop);
    setText(byId('timing'), timing(passport.enrolled, selfie.enrolled));
    if (this.told !== verdict) announce(`${words.headline}. ${words.lead} ${words.aside}`.trim());
    this.told = verdict;
  }

  private tell(headline: string, lead: string, aside: string): void {
    setText(byId('headline'), headline);
    setText(byId('lead'), lead);
    setText(byId('aside'), aside);
    byId('aside').hidden = !aside;
  }

  private renderEngine(engine: Engine): void {
    renderLoading(engine);
    if (engine.phase === 'ready' && !this.calibrated) {
      this.scale.calibrate(engine.calibration);
      this.calibrated = true;
    }
  }
}

function nextStep({ passport, selfie }: State): string {
  if (passport && selfie) {
    const isWorking = passport.phase === 'working' || selfie.phase === 'working';
    return isWorking ? 'Reading the photos…' : 'One of the photos needs your attention.';
  }
  if (passport) return 'Now add a selfie.';
  if (selfie) return 'Now add the passport photo.';
  return 'Add a passport photo and a selfie: choose, drop or paste a file, or use the camera.';
}

function timing(passport: EnrolledFace, selfie: EnrolledFace): string {
  const [a, b] = [Math.round(passport.milliseconds), Math.round(selfie.milliseconds)];
  return `Read on this machine in ${a} ms (passport photo) and ${b} ms (selfie).`;
}
