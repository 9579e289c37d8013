import type { Progress } from 'visavis';
import { announce } from './announcer';
import { byId, setText } from './dom';
import { megabytes, type Problem } from './messages';

export interface Loading {
  readonly phase: 'loading';
  readonly loadedBytes: number;
  readonly totalBytes: number | undefined;
}

/** What a page knows of its networks; `Ready` is what it asks of them. */
export type EngineState<Ready> =
  | { readonly phase: 'idle' }
  | Loading
  | ({ readonly phase: 'ready' } & Ready)
  | { readonly phase: 'failed'; readonly problem: Problem; readonly canRetry: boolean };

export const LOADING: Loading = { phase: 'loading', loadedBytes: 0, totalBytes: undefined };

/** Writes the progress of a load to the page's state. */
export function trackLoading<Loaded>(
  load: (onProgress: (progress: Progress) => void) => Promise<Loaded>,
  state: { get(): EngineState<unknown>; set(engine: Loading): void },
): Promise<Loaded> {
  state.set(LOADING);
  return load(({ loadedBytes, totalBytes }) => {
    if (state.get().phase === 'loading') state.set({ phase: 'loading', loadedBytes, totalBytes });
  });
}

/** The bar, and why there is nothing to work with. */
export function renderLoading(engine: EngineState<unknown>): void {
  byId('loading').hidden = engine.phase === 'ready';
  byId('loading-bar').hidden = engine.phase !== 'loading';
  byId('loading-retry').hidden = !(engine.phase === 'failed' && engine.canRetry);
  if (engine.phase === 'failed') tellProblem(engine.problem);
  if (engine.phase === 'loading') tellLoading(engine.loadedBytes, engine.totalBytes);
}

function tellProblem({ title, advice }: Problem): void {
  const text = `${title}. ${advice}`;
  if (byId('loading-text').textContent !== text) announce(text);
  setText(byId('loading-text'), text);
}

function tellLoading(loaded: number, total: number | undefined): void {
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
