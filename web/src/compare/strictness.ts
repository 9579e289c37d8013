import { byId, create, setText } from '../shared/dom';
import { capital, oneIn, oneInAbout } from '../shared/messages';
import type { OperatingPoint, State, Strictness } from './state';

/** The choice of how many false matches are acceptable. */
export class StrictnessView {
  private readonly inputs = new Map<Strictness, HTMLInputElement>();

  constructor(private readonly onChange: (strictness: Strictness) => void) {}

  render({ engine, strictness }: State): void {
    const points = engine.phase === 'ready' ? engine.operatingPoints : [];
    byId('strictness').hidden = points.length === 0;
    if (points.length > 0 && this.inputs.size === 0) {
      byId('strictness-options').append(...points.map((point) => this.option(point)));
    }
    const input = this.inputs.get(strictness);
    if (input) input.checked = true;
    const chosen = points.find((point) => point.strictness === strictness);
    if (chosen) setText(byId('strictness-note'), strictnessNote(chosen));
  }

  private option(point: OperatingPoint): HTMLLabelElement {
    const label = create('label', 'segment');
    const input = create('input', 'unseen');
    input.type = 'radio';
    input.name = 'strictness';
    input.disabled = point.threshold === null;
    input.addEventListener('change', () => this.onChange(point.strictness));
    this.inputs.set(point.strictness, input);
    label.append(
      input,
      create('span', 'segment-name', capital(point.name)),
      ' ',
      create('span', '', oneIn(point.fmr)),
    );
    if (input.disabled) label.title = 'Measured on too few pairs to be this strict';
    return label;
  }
}

/** What the choice costs, both ways. */
export function strictnessNote({ fmr, fnmr, threshold }: OperatingPoint): string {
  const passing = `Lets ${oneIn(fmr)} pairs of different people pass as the same`;
  const turnedAway =
    fnmr === null ? '' : `, and turns ${oneInAbout(fnmr)} pairs of one person away`;
  return `${passing}${turnedAway}. Threshold ${threshold?.toFixed(2)}.`;
}
