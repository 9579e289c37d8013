import type { Decision } from 'visavis';
import { create } from '../shared/dom';
import { zoneOf } from './decision_words';

const ZONES = ['Different', 'Not clear', 'Alike'] as const;

/** Where a pair lies between different and alike: three zones with words, and a marker. */
export class LikenessBar {
  private readonly marker = create('span', 'likeness-marker');

  constructor(private readonly root: HTMLElement) {
    root.setAttribute('role', 'img');
    const zones = ZONES.map((name) => create('span', 'likeness-zone', name));
    this.root.replaceChildren(...zones, this.marker);
  }

  show(decision: Decision): void {
    this.marker.style.insetInlineStart = `${(100 * likenessOf(decision)).toFixed(1)}%`;
    this.root.dataset['zone'] = zoneOf(decision);
    this.root.setAttribute('aria-label', describeLikeness(decision));
  }
}

/**
 * Place on the bar, 0 (opposite) to 1 (equal). Each zone takes a third, whatever distances it spans, so that its name
 * has room.
 */
export function likenessOf({ verdict: { distance }, bounds }: Decision): number {
  const { matchIfGood: near, mismatch: far } = bounds;
  const share = (from: number, to: number) => (to > from ? (to - distance) / (to - from) : 1);
  if (distance >= far) return share(far, 2) / 3;
  if (distance >= near) return (1 + share(near, far)) / 3;
  return (2 + share(0, near)) / 3;
}

/** Nearer to a border than this share of the bar is near. */
const NEAR_BORDER = 0.06;

export function describeLikeness(decision: Decision): string {
  const place = likenessOf(decision);
  const zone = { near: 'Alike', between: 'Not clear', far: 'Different' }[zoneOf(decision)];
  const toBorder = Math.min(Math.abs(place - 1 / 3), Math.abs(place - 2 / 3));
  return `Likeness: in the zone ${zone}, ${toBorder < NEAR_BORDER ? 'near the' : 'far from the'} border`;
}
