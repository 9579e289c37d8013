import { MODEL_ROLES, POLICIES } from '../shared/api_order.js';
import {
  DISTANCES,
  FMRS,
  invalid,
  optionalNumber,
  requireEmbedded,
  requireFace,
  requireLoadOptions,
  requireNumber,
  requireOptions,
  requirePrevious,
} from '../shared/arguments.js';
import type { Client } from './client.js';
import { DISPOSE } from './dispose.js';
import { framesOfFunction, type FrameSource, GuideLoop, requireGuideOptions } from './guide.js';
import { VisavisError } from '../shared/errors.js';
import { PhotoSender } from './photo_sender.js';
import type { Platform } from './platform.js';
import type { Fitness, SentFrame, SentPhoto } from '../shared/protocol.js';
import { startWorker } from './start.js';
import { FaceTemplate } from '../shared/template.js';
import type { Guide, GuideOptions, GuideSource } from '../shared/guide_types.js';
import type * as api from '../shared/types.js';
import type { Visavis as VisavisCalls } from '../shared/visavis_types.js';

/** One photo is computed while the next is decoded; more would only take memory. */
const PHOTOS_IN_FLIGHT = 2;
/** A frame says where the face of the next one is looked for. */
const FRAMES_IN_FLIGHT = 1;

/** Loads what is needed and starts the worker. Rejects with VisavisError. */
export async function load(platform: Platform, given?: api.LoadOptions): Promise<Visavis> {
  const options = requireLoadOptions(
    'Visavis.load',
    given,
    ['onProgress', 'signal', 'models', 'variant'],
    MODEL_ROLES,
  );
  const { client, started, variant } = await startWorker(
    platform,
    MODEL_ROLES,
    options,
    async (to, { wasm, models }, transfer) => {
      // Before the worker takes the bytes over.
      const sha256 = await platform.sha256(models.embedder.bytes);
      return { ...(await to.call('start', [wasm, models], { transfer })), sha256 };
    },
  );
  const { model, sha256, calibration } = started;
  return new Visavis(platform, client, model, sha256, calibration, variant);
}

/** Finds faces and compares them, in a worker; nothing leaves the machine. */
export class Visavis implements VisavisCalls {
  private readonly photos: PhotoSender<api.Photo, SentPhoto>;
  private readonly frames: PhotoSender<api.Frame, SentFrame>;

  /** Made by `Visavis.load`. */
  constructor(
    private readonly platform: Platform,
    private readonly client: Client,
    readonly model: string,
    readonly modelSha256: string | null,
    readonly calibration: api.Calibration,
    readonly variant: api.WasmVariant,
  ) {
    this.photos = new PhotoSender(platform.preparePhoto, PHOTOS_IN_FLIGHT);
    this.frames = new PhotoSender(platform.prepareFrame, FRAMES_IN_FLIGHT);
  }

  async detect(photo: api.Photo, options?: api.PhotoOptions): Promise<api.Detection> {
    const { signal } = requireOptions('detect', options, ['signal']);
    return this.photos.send(photo, signal, (sent, transfer) =>
      this.client.call('detect', [sent], { transfer, signal }),
    );
  }

  async track(frame: api.Frame, options?: api.TrackOptions): Promise<api.TrackedView> {
    const given = requireOptions('track', options, ['previous', 'signal']);
    const previous = requirePrevious(given.previous);
    const { signal } = given;
    return this.frames.send(frame, signal, (sent, transfer) =>
      this.client.call('track', [sent, previous], { transfer, signal }),
    );
  }

  async enrol(photo: api.Photo, options?: api.EnrolOptions): Promise<api.EnrolledFace> {
    const { face: which = 0, signal } = requireOptions('enrol', options, ['face', 'signal']);
    const face = requireFace(which);
    const { embedding, ...rest } = await this.photos.send(photo, signal, (sent, transfer) =>
      this.client.call('enrol', [sent, face], { transfer, signal }),
    );
    return Object.assign(new FaceTemplate(this.model, embedding), rest);
  }

  guide<Picture extends api.Photo>(
    source: GuideSource<Picture>,
    given: GuideOptions,
  ): Guide<Picture> {
    const options = requireGuideOptions(given);
    const frames =
      typeof source === 'function'
        ? framesOfFunction(source)
        : (this.platform.framesOfVideo(source, options.view) as FrameSource<never>);
    return new GuideLoop(this, frames, options);
  }

  async verify(
    reference: FaceTemplate,
    probe: FaceTemplate,
    options?: api.VerifyOptions,
  ): Promise<api.Verdict> {
    const given = requireOptions('verify', options, ['fmr', 'threshold']);
    const fmr = optionalNumber('fmr', given.fmr, FMRS);
    const threshold = optionalNumber('threshold', given.threshold, DISTANCES);
    if (fmr !== undefined && threshold !== undefined)
      throw invalid('Give an fmr or a threshold, not both.');
    const a = this.requireOwn(requireEmbedded('the reference', reference));
    const b = this.requireOwn(requireEmbedded('the probe', probe));
    return this.client.call('verify', [a.embedding, b.embedding, { fmr, threshold }]);
  }

  async decide(
    reference: FaceTemplate | api.EnrolledFace,
    probe: FaceTemplate | api.EnrolledFace,
    options?: api.DecisionOptions,
  ): Promise<api.Decision> {
    const { policy = 'balanced' } = requireOptions('decide', options, ['policy']);
    if (!POLICIES.includes(policy))
      throw invalid(`The policy must be ${POLICIES.join(', ')}, not ${String(policy)}.`);
    const a = this.requireOwn(requireEmbedded('the reference', reference));
    const b = this.requireOwn(requireEmbedded('the probe', probe));
    const fitness = [fitnessOf(reference), fitnessOf(probe)] as const;
    return this.client.call('decide', [a.embedding, b.embedding, policy, fitness]);
  }

  async rates(distance: number): Promise<api.Rates> {
    return this.client.call('rates', [requireNumber('distance', distance, DISTANCES)]);
  }

  async thresholdAtFmr(fmr: number): Promise<number> {
    return this.client.call('thresholdAtFmr', [requireNumber('fmr', fmr, FMRS)]);
  }

  dispose(): void {
    this.client.close(
      new VisavisError('disposed', 'This Visavis was disposed of: call Visavis.load() again.'),
    );
  }

  [DISPOSE](): void {
    this.dispose();
  }

  private requireOwn<Embedded extends { model: string }>(embedded: Embedded): Embedded {
    if (embedded.model === this.model) return embedded;
    throw new VisavisError(
      'model-mismatch',
      `A template was made by the model ${embedded.model}, but ${this.model} is loaded: enrol the photo again.`,
    );
  }
}

function fitnessOf(embedded: FaceTemplate | api.EnrolledFace): Fitness {
  if (!('quality' in embedded)) return { confidence: 1, issues: [] };
  const { face, quality } = embedded;
  return { confidence: face.confidence, issues: quality.issues.map(({ code }) => code) };
}
