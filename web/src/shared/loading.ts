import { announce } from './announcer';
import { byId, setText } from './dom';
import { megabytes, type Problem } from './messages';

/** Why there is nothing to work with, beside the bar. */
export function tellProblem({ title, advice }: Problem): void {
  const text = `${title}. ${advice}`;
  if (byId('loading-text').textContent !== text) announce(text);
  setText(byId('loading-text'), text);
}

export function tellLoading(loaded: number, total: number | undefined): void {
  const bar = byId<HTMLProgressElement>('loading-bar');
  if (total === undefined) {
    bar.removeAttribute('value');
    setText(byId('loading-text'), `Loading the networks: ${megabytes(loaded)} MB`);
  } else {
    bar.value = total > 0 ? loaded / total : 0;
    const words = loaded < total ? 'Loading the networks' : 'Starting the networks';
    setText(byId('loading-text'), `${words}: ${megabytes(loaded)} of ${megabytes(total)} MB`);
  }
}
