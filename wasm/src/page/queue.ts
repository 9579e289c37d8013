import { orCancelled } from '../shared/cancel.js';

/** Runs at most `limit` tasks at a time, in the order given. */
export class TaskQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /**
   * Aborting the signal rejects at once with 'cancelled': a task that waits is never begun; one
   * that runs is not waited for, but keeps its place until it has ended.
   */
  run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => {
      const start = (): void => {
        if (signal?.aborted) return;
        this.running += 1;
        task()
          .then(resolve, reject)
          .finally(() => {
            this.running -= 1;
            this.startNext();
          });
      };
      this.waiting.push(start);
      this.startNext();
    });
    return orCancelled(result, signal);
  }

  private startNext(): void {
    while (this.running < this.limit) {
      const start = this.waiting.shift();
      if (start === undefined) return;
      start();
    }
  }
}
