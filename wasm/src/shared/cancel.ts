import { VisavisError } from './errors.js';

export function cancelled(): VisavisError {
  return new VisavisError('cancelled', 'Cancelled by the caller.');
}

/** Throws 'cancelled' when the signal has been aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

interface Watch {
  readonly tasks: Set<() => void>;
  readonly listener: () => void;
}

/** What waits for each signal. */
const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Calls `task` once when the signal is aborted, unless it has been; the function returned makes it forget that. However many tasks wait,
 * a signal has one listener of ours, and none when nothing waits: node warns of more than ten.
 */
export function onAbort(signal: AbortSignal | undefined, task: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => undefined;
  const watch = watches.get(signal) ?? startWatching(signal);
  const own = (): void => task(); // The same function may wait twice.
  watch.tasks.add(own);
  return () => {
    watch.tasks.delete(own);
    if (watch.tasks.size === 0) stopWatching(signal, watch);
  };
}

function startWatching(signal: AbortSignal): Watch {
  const tasks = new Set<() => void>();
  const listener = (): void => {
    stopWatching(signal, watch);
    for (const task of tasks) task();
    tasks.clear();
  };
  const watch = { tasks, listener };
  watches.set(signal, watch);
  signal.addEventListener('abort', listener, { once: true });
  return watch;
}

function stopWatching(signal: AbortSignal, watch: Watch): void {
  signal.removeEventListener('abort', watch.listener);
  if (watches.get(signal) === watch) watches.delete(signal);
}

/** Settles as the promise does, or rejects with 'cancelled' the moment the signal is aborted. */
export function orCancelled<Result>(
  promise: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled());
    if (signal.aborted) stop();
    const forget = onAbort(signal, stop);
    promise.then(resolve, reject).finally(forget);
  });
}
