import { byId, setText } from '../shared/dom';
import { showProblem } from '../shared/problem_view';
import type { Keeping, KeepingState } from './keeping';

const STATUS: Record<KeepingState['phase'], string> = {
  idle: '',
  saving: 'Keeping…',
  kept: 'Kept',
};

/** The switch that keeps, and the button that erases. */
export class KeepingView {
  private readonly toggle = byId<HTMLInputElement>('keep');

  constructor(keeping: Keeping) {
    this.toggle.addEventListener('change', () => void keeping.keep(this.toggle.checked));
    byId('erase').addEventListener('click', () => {
      void keeping.eraseAll().then(() => {
        const { problem } = keeping.state.get();
        if (!problem) setText(byId('keep-status'), 'Erased');
      });
    });
    keeping.state.subscribe((state) => this.render(state));
  }

  private render({ isOn, phase, problem }: KeepingState): void {
    this.toggle.checked = isOn;
    setText(byId('keep-status'), STATUS[phase]);
    showProblem(byId('keep-problem'), problem);
  }
}
