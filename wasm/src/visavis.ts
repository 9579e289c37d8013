import { loadAssets } from './assets.js';
import { orCancelled, throwIfCancelled } from './cancel.js';
import { Client } from './client.js';
import { VisavisError } from './errors.js';
import type { Platform } from './platform.js';
import type { SentPhoto } from './protocol.js';
import { TaskQueue } from './queue.js';
import { FaceTemplate } from './template.js';
import type * as api from './types.js';

/** One photo is computed while the next is decoded; more would only take memory. */
const PHOTOS_IN_FLIGHT = 2;

/** Loads what is needed and starts the worker. Rejects with VisavisError. */
export async function load(platform: Platform, options: api.LoadOptions = {}): Promise<Visavis> {
  throwIfCancelled(options.signal);
  platform.requireSupport();
  const client = new Client(platform.startWorker());
  try {
    const { wasm, models } = await orCancelled(loadAssets(platform, options), options.signal);
    const buffers = [wasm, ...Object.values(models).map((file) => file.bytes)];
    const transfer = buffers.map((bytes) => bytes.buffer as ArrayBuffer);
    const start = client.call('start', [wasm, models], { transfer });
    const { model, calibration } = await orCancelled(start, options.signal);
    return new Visavis(platform, client, model, calibration);
  } catch (error) {
    client.close(new VisavisError('disposed', 'Loading failed.'));
    throw error;
  }
}

/** Engines without Symbol.dispose get the symbol under which its polyfills look. */
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Finds faces and compares them, in a worker; nothing leaves the machine. */
export class Visavis implements api.Visavis {
  private readonly photos = new TaskQueue(PHOTOS_IN_FLIGHT);

  /** Made by `Visavis.load`. */
  constructor(
    private readonly platform: Platform,
    private readonly client: Client,
    readonly model: string,
    readonly calibration: api.Calibration,
  ) {}

  detect(photo: api.Photo, options: api.PhotoOptions = {}): Promise<api.Detection> {
    return this.withPhoto(photo, options.signal, (sent, transfer) =>
      this.client.call('detect', [sent], { transfer, signal: options.signal }),
    );
  }

  async enrol(photo: api.Photo, options: api.EnrolOptions = {}): Promise<api.EnrolledFace> {
    const { face = 0, signal } = options;
    const { embedding, ...rest } = await this.withPhoto(photo, signal, (sent, transfer) =>
      this.client.call('enrol', [sent, face], { transfer, signal }),
    );
    return Object.assign(new FaceTemplate(this.model, embedding), rest);
  }

  async verify(
    reference: FaceTemplate,
    probe: FaceTemplate,
    options: api.VerifyOptions = {},
  ): Promise<api.Verdict> {
    const { fmr, threshold } = options;
    if (fmr !== undefined && threshold !== undefined) {
      throw new VisavisError('invalid-argument', 'Give an fmr or a threshold, not both.');
    }
    for (const { model } of [reference, probe]) this.requireOwn(model);
    const embeddings = [reference.embedding, probe.embedding] as const;
    return this.client.call('verify', [...embeddings, { fmr, threshold }]);
  }

  rates(distance: number): Promise<api.Rates> {
    return this.client.call('rates', [distance]);
  }

  thresholdAtFmr(fmr: number): Promise<number> {
    return this.client.call('thresholdAtFmr', [fmr]);
  }

  dispose(): void {
    this.client.close(
      new VisavisError('disposed', 'This Visavis was disposed of: call Visavis.load() again.'),
    );
  }

  [DISPOSE](): void {
    this.dispose();
  }

  private async withPhoto<Result>(
    photo: api.Photo,
    signal: AbortSignal | undefined,
    use: (photo: SentPhoto, transfer: Transferable[]) => Promise<Result>,
  ): Promise<Result & { milliseconds: number }> {
    return this.photos.run(async () => {
      const start = performance.now();
      const { photo: sent, transfer } = await this.platform.preparePhoto(photo);
      throwIfCancelled(signal);
      const result = await use(sent, transfer);
      return { ...result, milliseconds: performance.now() - start };
    }, signal);
  }

  private requireOwn(model: string): void {
    if (model === this.model) return;
    throw new VisavisError(
      'model-mismatch',
      `A template was made by the model ${model}, but ${this.model} is loaded: enrol the photo again.`,
    );
  }
}
