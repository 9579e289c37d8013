import type { Client } from './client.js';
import { DISPOSE } from './dispose.js';
import { MODEL_ROLES } from './engine.js';
import { VisavisError } from './errors.js';
import { PhotoSender } from './photo_sender.js';
import type { Platform } from './platform.js';
import { startWorker } from './start.js';
import { FaceTemplate } from './template.js';
import type * as api from './types.js';

/** One photo is computed while the next is decoded; more would only take memory. */
const PHOTOS_IN_FLIGHT = 2;

/** Loads what is needed and starts the worker. Rejects with VisavisError. */
export async function load(platform: Platform, options: api.LoadOptions = {}): Promise<Visavis> {
  const { client, started } = await startWorker(platform, MODEL_ROLES, options, (to, { wasm, models }, transfer) =>
    to.call('start', [wasm, models], { transfer }),
  );
  return new Visavis(platform, client, started.model, started.calibration);
}

/** Finds faces and compares them, in a worker; nothing leaves the machine. */
export class Visavis implements api.Visavis {
  private readonly photos: PhotoSender;

  /** Made by `Visavis.load`. */
  constructor(
    platform: Platform,
    private readonly client: Client,
    readonly model: string,
    readonly calibration: api.Calibration,
  ) {
    this.photos = new PhotoSender(platform, PHOTOS_IN_FLIGHT);
  }

  detect(photo: api.Photo, options: api.PhotoOptions = {}): Promise<api.Detection> {
    return this.photos.send(photo, options.signal, (sent, transfer) =>
      this.client.call('detect', [sent], { transfer, signal: options.signal }),
    );
  }

  async enrol(photo: api.Photo, options: api.EnrolOptions = {}): Promise<api.EnrolledFace> {
    const { face = 0, signal } = options;
    const { embedding, ...rest } = await this.photos.send(photo, signal, (sent, transfer) =>
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

  private requireOwn(model: string): void {
    if (model === this.model) return;
    throw new VisavisError(
      'model-mismatch',
      `A template was made by the model ${model}, but ${this.model} is loaded: enrol the photo again.`,
    );
  }
}
