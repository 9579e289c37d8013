import { cancelled, onAbort } from '../shared/cancel.js';
import { VisavisError } from '../shared/errors.js';
import type { WorkerHandle } from './platform.js';
import type { CallName, Calls, Response } from '../shared/protocol.js';

interface Pending {
  resolve(result: unknown): void;
  reject(error: VisavisError): void;
}

/** The page's end of the line to the worker: calls become promises. */
export class Client {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private failure: VisavisError | undefined;

  constructor(private readonly worker: WorkerHandle) {
    worker.listen({
      response: (response) => this.settle(response),
      failure: (error) => this.fail(error),
    });
  }

  /** Aborting the signal rejects at once and tells the worker, which skips what it has not begun. */
  call<Name extends CallName>(
    name: Name,
    args: Parameters<Calls[Name]>,
    options: { transfer?: Transferable[]; signal?: AbortSignal | undefined } = {},
  ): Promise<ReturnType<Calls[Name]>> {
    const { transfer = [], signal } = options;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = ++this.lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.keepAlive(true);
      try {
        this.worker.post({ id, name, args } as never, transfer);
      } catch (error) {
        this.forget(id);
        reject(
          new VisavisError(
            'invalid-argument',
            `What was given cannot be sent to the worker (${String(error)}).`,
          ),
        );
      }
    });
    const forgetSignal = onAbort(signal, () => this.worker.post({ cancel: id }, []));
    return answer.finally(forgetSignal) as Promise<ReturnType<Calls[Name]>>;
  }

  /** Ends the worker; all calls, pending and later, reject with `why`. */
  close(why: VisavisError): void {
    this.fail(why);
  }

  private settle(response: Response): void {
    const pending = this.pending.get(response.id);
    if (pending === undefined) return;
    this.forget(response.id);
    if ('error' in response) {
      pending.reject(new VisavisError(response.error.code, response.error.message));
    } else {
      pending.resolve(response.result);
    }
  }

  private forget(id: number): void {
    this.pending.delete(id);
    if (this.pending.size === 0) this.worker.keepAlive(false);
  }

  private fail(error: VisavisError): void {
    this.failure ??= error;
    this.worker.end();
    for (const pending of this.pending.values()) pending.reject(this.failure);
    this.pending.clear();
  }
}
