import type { Calibration, Decision } from 'visavis';
import { create, createSvg } from '../shared/dom';
import { describeScale, type Hill, type Hills, hillsOf, position } from './scale';

const WIDTH = 600;
const HEIGHT = 100;

/** The distance on its scale, between the hills of one person's pairs and of different people's. */
export class ScaleView {
  private hills: Hills | null = null;
  private readonly match = create('span', 'scale-bound is-right', 'match');
  private readonly mismatch = create('span', 'scale-bound', 'mismatch');
  private readonly marker = create('span', 'scale-marker');

  constructor(private readonly root: HTMLElement) {
    root.setAttribute('role', 'img');
  }

  calibrate(calibration: Calibration): void {
    this.hills = hillsOf(calibration);
    const svg = createSvg('svg', {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
    });
    svg.append(
      createSvg('path', { d: outline(this.hills.differentPeople), class: 'hill-different' }),
      createSvg('path', { d: outline(this.hills.samePerson), class: 'hill-same' }),
    );
    const plot = create('div', 'scale-plot');
    plot.append(svg, this.match, this.mismatch, this.marker);
    const ends = create('div', 'scale-ends small');
    ends.append(create('span', '', '← more alike'), create('span', '', 'less alike →'));
    const legend = create('div', 'scale-legend small');
    legend.append(create('span', 'key-same', 'Pairs of one person'));
    legend.append(create('span', 'key-different', 'Pairs of different people'));
    this.root.replaceChildren(plot, ends, legend);
  }

  show(decision: Decision): void {
    if (!this.hills) return;
    const { bounds, verdict } = decision;
    const { span } = this.hills;
    place(this.match, position(bounds.matchIfGood, span));
    place(this.mismatch, position(bounds.mismatch, span));
    const at = position(verdict.distance, span);
    place(this.marker, at);
    // Its label stays inside the plot: it moves to the left of its line in the right half.
    this.marker.classList.toggle('is-right', at > 0.5);
    this.marker.textContent = verdict.distance.toFixed(2);
    this.root.setAttribute('aria-label', describeScale(decision));
  }
}

function place(mark: HTMLElement, at: number): void {
  mark.style.left = `${(at * 100).toFixed(2)}%`;
}

function outline(hill: Hill): string {
  const points = hill.map((value, i) => {
    const x = (i / (hill.length - 1)) * WIDTH;
    return `${x.toFixed(1)} ${(HEIGHT - value * (HEIGHT - 4)).toFixed(1)}`;
  });
  return `M0 ${HEIGHT}L${points.join('L')}L${WIDTH} ${HEIGHT}Z`;
}
