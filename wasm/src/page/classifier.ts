import { METHODS, MODEL_ROLES, SIMILARITIES } from '../shared/api_order.js';
import {
  COUNTS,
  DISTANCES,
  FMRS,
  invalid,
  type NumberRange,
  optionalNumber,
  POSITIVE,
  requireChoice,
  requireEmbedded,
  requireFace,
  requireBytes,
  requireLoadOptions,
  requireNumber,
  requireOptions,
} from '../shared/arguments.js';
import { throwIfCancelled } from '../shared/cancel.js';
import type { Client } from './client.js';
import { DISPOSE } from './dispose.js';
import { VisavisError } from '../shared/errors.js';
import type * as api from '../shared/few_shot_types.js';
import { PhotoSender } from './photo_sender.js';
import type { Platform } from './platform.js';
import type { FewShotOptions, SentPhoto } from '../shared/protocol.js';
import { TaskQueue } from './queue.js';
import { startWorker } from './start.js';
import type { Photo } from '../shared/types.js';

const ROLES: Record<api.Subject, readonly api.AssetRole[]> = {
  faces: MODEL_ROLES,
  characters: ['characters'],
};
const DEFAULT_METHOD: Record<api.Subject, api.FewShotMethod> = {
  faces: 'nearest',
  characters: 'prototypes',
};
/** Between unit embeddings squared distances differ by 4 at most: this tells classes apart, and is what training used. */
const DEFAULT_SCALE = 10;
const MAX_NAME_LENGTH = 200;
const REJECTION_DISTANCES: NumberRange = { ...DISTANCES, isAboveLeast: true };
const OPTIONS = [
  'subject',
  'method',
  'similarity',
  'scale',
  'rejectionDistance',
  'fmr',
  'models',
  'variant',
  'onProgress',
  'signal',
] as const;

/** Loads what the subject needs and starts a worker. Rejects with VisavisError. */
export async function loadClassifier(
  platform: Platform,
  given: api.ClassifierOptions,
): Promise<Classifier> {
  const { options, settings } = checked(given);
  const { subject, fmr } = options;
  const { client, started } = await startWorker(
    platform,
    ROLES[subject],
    options,
    (to, { wasm, models }, transfer) =>
      to.call('startClassifier', [wasm, subject, models, fmr], { transfer }),
  );
  const { rejectionDistance = started.rejectionDistance } = options;
  return new Classifier(platform, client, subject, started.model, {
    ...settings,
    rejectionDistance,
  });
}

/** Tells classes from a few examples of each, in a worker of its own. */
export class Classifier implements api.Classifier {
  /** One at a time: examples are counted in the order of the calls. */
  private readonly inOrder = new TaskQueue(1);
  private readonly images: PhotoSender<Photo, SentPhoto>;
  private known: readonly api.ClassSize[] = [];

  /** Made by `Classifier.load`. */
  constructor(
    platform: Platform,
    private readonly client: Client,
    readonly subject: api.Subject,
    readonly model: string,
    private readonly options: FewShotOptions,
  ) {
    this.images = new PhotoSender(platform.preparePhoto, 1);
  }

  get rejectionDistance(): number | null {
    return this.options.rejectionDistance;
  }
  get classes(): readonly api.ClassSize[] {
    return this.known;
  }

  async embed(image: Photo, given?: api.ExampleOptions): Promise<api.EmbeddedImage> {
    const options = checkedExample('embed', given);
    return this.inOrder.run(() => this.read(image, options), options.signal);
  }

  async addExample(
    name: string,
    image: api.ExampleSource,
    given?: api.ExampleOptions,
  ): Promise<void> {
    requireName(name);
    const options = checkedExample('addExample', given);
    return this.inOrder.run(async () => {
      const embedding = await this.embeddingOf(image, options);
      throwIfCancelled(options.signal);
      await this.change(this.client.call('addExample', [name, embedding]));
      if (!options.signal?.aborted) return;
      // Cancelled on the way: nobody is told of it any more, so it goes again.
      const last = this.known.find((entry) => entry.name === name)?.examples ?? 1;
      await this.change(this.client.call('removeExample', [name, last - 1]));
    }, options.signal);
  }

  async removeExample(name: string, example: number): Promise<void> {
    requireName(name);
    requireNumber('example', example, COUNTS);
    return this.inOrder.run(() => this.change(this.client.call('removeExample', [name, example])));
  }

  async removeClass(name: string): Promise<void> {
    requireName(name);
    return this.inOrder.run(() => this.change(this.client.call('removeClass', [name])));
  }

  async classify(
    image: api.ExampleSource,
    given?: api.ExampleOptions,
  ): Promise<api.Classification> {
    const options = checkedExample('classify', given);
    return this.inOrder.run(async () => {
      const query = await this.embeddingOf(image, options);
      throwIfCancelled(options.signal);
      const { ranking, isRejected } = await this.client.call('classify', [query, this.options]);
      return { ranking, distance: ranking[0]?.distance ?? Infinity, isNoneOfThese: isRejected };
    }, options.signal);
  }

  exportSupport(): Promise<Uint8Array<ArrayBuffer>> {
    return this.inOrder.run(() => this.client.call('exportSupport', []));
  }

  async importSupport(bytes: Uint8Array): Promise<void> {
    // A copy: of a part of a buffer, a message would take the whole buffer along.
    const copy = new Uint8Array(requireBytes('importSupport', bytes));
    return this.inOrder.run(() => this.change(this.client.call('importSupport', [copy])));
  }

  dispose(): void {
    this.client.close(
      new VisavisError(
        'disposed',
        'This Classifier was disposed of: call Classifier.load() again.',
      ),
    );
  }

  [DISPOSE](): void {
    this.dispose();
  }

  private async change(answer: Promise<api.ClassSize[]>): Promise<void> {
    this.known = await answer;
  }

  private async embeddingOf(
    image: api.ExampleSource,
    options: api.ExampleOptions,
  ): Promise<Float32Array> {
    if (typeof image === 'object' && image !== null && 'embedding' in image) {
      const { model, embedding } = requireEmbedded('the image', image);
      this.requireOwn(model);
      return embedding;
    }
    return (await this.read(image, options)).embedding;
  }

  private async read(
    image: Photo,
    { face = 0, findInk = false, signal }: api.ExampleOptions,
  ): Promise<api.EmbeddedImage> {
    const reading = await this.images.send(image, signal, (sent, transfer) =>
      this.client.call('read', [sent, { face, findInk }], { transfer, signal }),
    );
    return { model: this.model, ...reading };
  }

  private requireOwn(model: string): void {
    if (model === this.model) return;
    throw new VisavisError(
      'model-mismatch',
      `These embeddings were made by the model ${model}, but ${this.model} is loaded: give the images again.`,
    );
  }
}

function checked(given: api.ClassifierOptions): {
  options: api.ClassifierOptions;
  settings: Omit<FewShotOptions, 'rejectionDistance'>;
} {
  if (given === undefined)
    throw invalid("Classifier.load needs a subject: { subject: 'faces' } or 'characters'.");
  const options = requireLoadOptions('Classifier.load', given, OPTIONS, [
    ...MODEL_ROLES,
    'characters',
  ]);
  const subject = requireChoice('subject', options.subject, ['faces', 'characters']);
  const {
    rejectionDistance,
    method = DEFAULT_METHOD[subject],
    similarity = 'euclidean',
    scale = DEFAULT_SCALE,
  } = options;
  if (rejectionDistance != null)
    requireNumber('rejectionDistance', rejectionDistance, REJECTION_DISTANCES);
  const fmr = optionalNumber('fmr', options.fmr, FMRS);
  if (rejectionDistance !== undefined && fmr !== undefined)
    throw invalid('Give a rejectionDistance or an fmr, not both.');
  const settings = {
    method: requireChoice('method', method, METHODS),
    similarity: requireChoice('similarity', similarity, SIMILARITIES),
    scale: requireNumber('scale', scale, POSITIVE),
  };
  return { options, settings };
}

/** What one image may be given with. */
function checkedExample(call: string, options: api.ExampleOptions | undefined): api.ExampleOptions {
  const given = requireOptions(call, options, ['face', 'findInk', 'signal']);
  if (given.face !== undefined) requireFace(given.face);
  if (given.findInk !== undefined && typeof given.findInk !== 'boolean')
    throw invalid('findInk must be true or false.');
  return given;
}

/** Throws 'invalid-argument'; a name crosses to the core as a string that ends in 0. */
function requireName(name: string): void {
  const isOne =
    typeof name === 'string' &&
    name.trim() !== '' &&
    name.length <= MAX_NAME_LENGTH &&
    !name.includes('\0');
  if (!isOne)
    throw invalid(`A class's name is a text of 1 to ${MAX_NAME_LENGTH} characters, without a NUL.`);
}
