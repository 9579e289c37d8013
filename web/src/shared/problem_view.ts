import { create } from './dom';
import type { Problem } from './messages';

/** Puts a problem into its line, or hides the line where there is none. */
export function showProblem(line: HTMLElement, problem: Problem | null): void {
  line.hidden = !problem;
  line.replaceChildren();
  if (problem) line.append(create('strong', '', problem.title), ` ${problem.advice}`);
}
