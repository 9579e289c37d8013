import { cancelled } from '../shared/cancel.js';
import type { PreparedPhoto } from './platform.js';
import { TaskQueue } from './queue.js';

/** Brings photos to the worker, a few at a time, each made ready by `prepare`. */
export class PhotoSender<Photo, Sent> {
  private readonly queue: TaskQueue;

  constructor(
    private readonly prepare: (photo: Photo) => Promise<PreparedPhoto<Sent>>,
    inFlight: number,
  ) {
    this.queue = new TaskQueue(inFlight);
  }

  send<Result>(
    photo: Photo,
    signal: AbortSignal | undefined,
    use: (photo: Sent, transfer: Transferable[]) => Promise<Result>,
  ): Promise<Result & { milliseconds: number }> {
    return this.queue.run(async () => {
      const start = performance.now();
      const { photo: sent, transfer } = await this.prepare(photo);
      if (signal?.aborted) {
        for (const part of transfer) if ('close' in part) void part.close();
        throw cancelled();
      }
      const result = await use(sent, transfer);
      return { ...result, milliseconds: performance.now() - start };
    }, signal);
  }
}
