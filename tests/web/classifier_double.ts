import type {
  Classification,
  Classifier,
  EmbeddedImage,
  ExampleOptions,
  Photo,
} from '../../wasm/dist/index.js';
import { VisavisError } from '../../wasm/dist/node/index.js';

/** An image put to the double, to be answered when the test says so. */
export interface Seen {
  readonly name: string;
  readonly options: ExampleOptions;
  answer(faces?: number): void;
  fail(error: unknown): void;
}

/** The package's classifier as a lesson uses it: embeds when told to, all else at once and in order. */
export class ClassifierDouble {
  readonly seen: Seen[] = [];
  readonly classes: { name: string; examples: string[] }[] = [];
  readonly asked: string[] = [];
  importProblem: unknown = null;
  private busy: Promise<unknown> = Promise.resolve();

  readonly api = {
    model: 'double',
    rejectionDistance: 1,
    embed: (image: Photo, options: ExampleOptions = {}) => this.embed(image as File, options),
    addExample: (name: string, image: EmbeddedImage) =>
      this.inOrder(() => this.class(name).examples.push(nameOf(image))),
    removeExample: (name: string, example: number) =>
      this.inOrder(() => {
        const entry = this.class(name);
        if (entry.examples.length <= example)
          throw new VisavisError('invalid-argument', 'no such example');
        entry.examples.splice(example, 1);
        if (entry.examples.length === 0) this.classes.splice(this.classes.indexOf(entry), 1);
      }),
    removeClass: (name: string) =>
      this.inOrder(() => this.classes.splice(this.classes.indexOf(this.class(name)), 1)),
    classify: (image: EmbeddedImage) => this.inOrder(() => this.classify(nameOf(image))),
    exportSupport: () => this.inOrder(() => new TextEncoder().encode(JSON.stringify(this.classes))),
    importSupport: (bytes: Uint8Array) =>
      this.inOrder(() => {
        if (this.importProblem) throw this.importProblem;
        this.classes.splice(0, Infinity, ...JSON.parse(new TextDecoder().decode(bytes)));
      }),
  };

  constructor() {
    const sizes = () =>
      this.classes.map(({ name, examples }) => ({ name, examples: examples.length }));
    Object.defineProperty(this.api, 'classes', { get: sizes });
  }

  get classifier(): Classifier {
    return this.api as unknown as Classifier;
  }

  /** "c1: a b, c2: c" */
  get known(): string {
    return this.classes.map(({ name, examples }) => `${name}: ${examples.join(' ')}`).join(', ');
  }

  latest(name: string): Seen {
    const found = this.seen.findLast((one) => one.name === name);
    if (!found) throw new Error(`nobody gave ${name}`);
    return found;
  }

  private class(name: string): { name: string; examples: string[] } {
    const found = this.classes.find((entry) => entry.name === name);
    if (found) return found;
    const entry = { name, examples: [] };
    this.classes.push(entry);
    return entry;
  }

  private classify(query: string): Classification {
    this.asked.push(query);
    const ranking = this.classes.map(({ name }, i) => ({
      name,
      probability: i === 0 ? 0.9 : 0.1,
      distance: 0.5 + i,
    }));
    return { ranking, distance: 0.5, isNoneOfThese: false };
  }

  private embed(image: File, options: ExampleOptions): Promise<EmbeddedImage> {
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () =>
        reject(new VisavisError('cancelled', 'aborted')),
      );
      const name = image.name ?? 'drawing';
      const answer = (faces = 0) =>
        resolve({
          name,
          crop: thumbnail(),
          faces: Array.from({ length: faces }),
        } as unknown as EmbeddedImage);
      this.seen.push({ name, options, answer, fail: reject });
    });
  }

  private inOrder<Result>(act: () => Result): Promise<Result> {
    const done = this.busy.then(act);
    this.busy = done.catch(() => undefined);
    return done;
  }
}

export const thumbnail = () => ({ width: 1, height: 1, data: new Uint8ClampedArray(4) });

/** A drawing, in node: all that a lesson does with one is to hand it on. */
export const drawing = () =>
  ({ width: 1, height: 1, data: new Uint8ClampedArray(4) }) as unknown as ImageData;

function nameOf(image: EmbeddedImage): string {
  return (image as unknown as { name: string }).name;
}
