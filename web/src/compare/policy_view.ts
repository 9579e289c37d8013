import type { DecisionPolicy } from 'visavis';
import { byId, setText } from '../shared/dom';
import { oneInAbout } from '../shared/messages';
import { createSegments, type Segments } from '../shared/segments';
import type { PolicyCost, State } from './state';

/** The most careful first. */
export const POLICY_NAMES: Record<DecisionPolicy, string> = {
  careful: 'Fewer false matches',
  balanced: 'Balanced',
  lenient: 'Fewer retries',
};

/** The choice of how careful to be. */
export class PolicyView {
  private segments: Segments<DecisionPolicy> | null = null;

  constructor(private readonly onChange: (policy: DecisionPolicy) => void) {}

  render({ engine, policy }: State): void {
    const costs = engine.phase === 'ready' ? engine.policies : [];
    byId('policy').hidden = costs.length === 0;
    if (costs.length > 0) this.segments ??= this.build();
    this.segments?.select(policy);
    const chosen = costs.find((cost) => cost.policy === policy);
    if (chosen) setText(byId('policy-note'), policyNote(chosen));
  }

  private build(): Segments<DecisionPolicy> {
    const segments = createSegments('policy', POLICY_NAMES, this.onChange);
    byId('policy-note').before(segments.element);
    return segments;
  }
}

/** What the choice costs, both ways. */
export function policyNote({ bounds, rates }: PolicyCost): string {
  const { odds, alike, fnmr } = rates;
  const strangers = alike === null ? '' : ` (of the same ${alike.groupedBy}, ${alike.odds})`;
  return (
    `A match is below ${bounds.matchIfGood.toFixed(2)}: ${odds} pairs of different people${strangers} are that alike, ` +
    `and ${oneInAbout(fnmr.value)} pairs of one person in our test are not. ` +
    `A mismatch is from ${bounds.mismatch.toFixed(2)} on.`
  );
}
