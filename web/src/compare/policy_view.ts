import type { DecisionPolicy } from 'visavis';
import { byId, create, setText } from '../shared/dom';
import { oneInAbout } from '../shared/messages';
import type { PolicyCost, State } from './state';

export const POLICY_NAMES: Record<DecisionPolicy, string> = {
  careful: 'Fewer false matches',
  balanced: 'Balanced',
  lenient: 'Fewer retries',
};

/** The choice of how careful to be. */
export class PolicyView {
  private readonly inputs = new Map<DecisionPolicy, HTMLInputElement>();

  constructor(private readonly onChange: (policy: DecisionPolicy) => void) {}

  render({ engine, policy }: State): void {
    const costs = engine.phase === 'ready' ? engine.policies : [];
    byId('policy').hidden = costs.length === 0;
    if (costs.length > 0 && this.inputs.size === 0) {
      byId('policy-options').append(...costs.map((cost) => this.option(cost.policy)));
    }
    const input = this.inputs.get(policy);
    if (input) input.checked = true;
    const chosen = costs.find((cost) => cost.policy === policy);
    if (chosen) setText(byId('policy-note'), policyNote(chosen));
  }

  private option(policy: DecisionPolicy): HTMLLabelElement {
    const label = create('label', 'segment');
    const input = create('input', 'unseen');
    input.type = 'radio';
    input.name = 'policy';
    input.value = policy;
    input.addEventListener('change', () => this.onChange(policy));
    this.inputs.set(policy, input);
    label.append(input, create('span', 'segment-name', POLICY_NAMES[policy]));
    return label;
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
