import { byId, create, setText } from './dom';
import { oneIn } from './messages';
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
    if (chosen) setText(byId('strictness-note'), note(chosen));
  }

  private option(point: OperatingPoint): HTMLLabelElement {
    const label = create('label', 'segment');
    const input = create('input', 'unseen');
    input.type = 'radio';
    input.name = 'strictness';
    input.disabled = point.threshold === null;
    input.addEventListener('change', () => this.onChange(point.strictness));
    this.inputs.set(point.strictness, input);
    const words = point.strictness === 'shipped' ? 'Standard' : oneIn(point.fmr);
    label.append(input, create('span', '', words));
    if (input.disabled) label.title = 'Measured on too few pairs to be this strict';
    return label;
  }
}

function note({ fmr, threshold, isShipped }: OperatingPoint): string {
  const standard = isShipped ? ', the standard' : '';
  return `Lets ${oneIn(fmr)} pairs of different people pass as the same. Threshold ${threshold?.toFixed(2)}${standard}.`;
}
