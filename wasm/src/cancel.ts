import { VisavisError } from './errors.js';

export function cancelled(): VisavisError {
  return new VisavisError('cancelled', 'Cancelled by the caller.');
}

/** Throws 'cancelled' when the signal has been aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

/** Settles as the promise does, or rejects with 'cancelled' the moment the signal is aborted. */
export function orCancelled<Result>(
  promise: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
