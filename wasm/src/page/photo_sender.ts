import { throwIfCancelled } from '../shared/cancel.js';
import type { Platform } from './platform.js';
import type { SentPhoto } from '../shared/protocol.js';
import { TaskQueue } from './queue.js';
import type { Photo } from '../shared/types.js';

/** Brings photos to the worker, a few at a time. */
export class PhotoSender {
  private readonly queue: TaskQueue;

  constructor(
    private readonly platform: Platform,
    inFlight: number,
  ) {
    this.queue = new TaskQueue(inFlight);
  }

  send<Result>(
    photo: Photo,
    signal: AbortSignal | undefined,
    use: (photo: SentPhoto, transfer: Transferable[]) => Promise<Result>,
  ): Promise<Result & { milliseconds: number }> {
    return this.queue.run(async () => {
      const start = performance.now();
      const { photo: sent, transfer } = await this.platform.preparePhoto(photo);
      throwIfCancelled(signal);
      const result = await use(sent, transfer);
      return { ...result, milliseconds: performance.now() - start };
    }, signal);
  }
}
