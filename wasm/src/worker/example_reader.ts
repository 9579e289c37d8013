import type { Core } from './core.js';
import { rgbaOfRgb, withImage } from './core_image.js';
import { Engine } from './engine.js';
import { VisavisError } from '../shared/errors.js';
import type { Handle } from './exports.js';
import type { Subject } from '../shared/few_shot_types.js';
import type { ModelFile } from '../shared/model_file.js';
import type { ModelFiles, ReadOptions, Reading, SubjectFiles } from '../shared/protocol.js';
import type { RowSource } from '../shared/rows.js';

/** From image to embedding, computed in this thread; what differs between subjects. */
export interface ExampleReader {
  readonly model: string;
  read(image: RowSource, options: ReadOptions): Promise<Reading>;
  /** The distance below which at most this share of pairs of different ones lies. */
  thresholdAtFmr(fmr: number): number | null;
  /** What is used where no FMR is asked for; null where nothing was measured. */
  readonly defaultThreshold: number | null;
  dispose(): void;
}

/** Throws VisavisError 'model-...', naming the file. */
export function createReader(core: Core, subject: Subject, files: SubjectFiles): ExampleReader {
  if (subject === 'faces') return new FaceReader(Engine.on(core, files as ModelFiles));
  const { characters } = files;
  if (characters === undefined)
    throw new VisavisError('internal', 'The characters model was not handed over.');
  return CharacterReader.create(core, characters);
}

class FaceReader implements ExampleReader {
  readonly model: string;
  readonly defaultThreshold: number | null;

  constructor(private readonly engine: Engine) {
    this.model = engine.model;
    this.defaultThreshold = engine.defaultRejectionDistance();
  }

  read(image: RowSource, { face }: ReadOptions): Promise<Reading> {
    return this.engine.enrol(image, face);
  }
  thresholdAtFmr(fmr: number): number {
    return this.engine.thresholdAtFmr(fmr);
  }
  dispose(): void {
    this.engine.dispose();
  }
}

class CharacterReader implements ExampleReader {
  private constructor(
    private readonly core: Core,
    private readonly embedder: Handle,
    readonly model: string,
  ) {}

  static create(core: Core, { bytes, source }: ModelFile): CharacterReader {
    const embedder = core.heap.lendBytes(bytes, (pointer) =>
      core.heap.lendString(source, (name) =>
        core.call('_visavis_embedder_create', pointer, bytes.length, name),
      ),
    );
    return new CharacterReader(
      core,
      embedder,
      core.text(core.call('_visavis_embedder_model', embedder)),
    );
  }

  get defaultThreshold(): number | null {
    return this.core.call('_visavis_embedder_rejection_distance', this.embedder) || null;
  }

  async read(image: RowSource, { findInk }: ReadOptions): Promise<Reading> {
    const { width, height } = image;
    const reading = await withImage(this.core, image, (picture) => {
      if (!findInk) return this.embed(picture);
      return this.core.using(this.core.call('_visavis_ink_find', picture), (drawing) =>
        this.embed(drawing),
      );
    });
    return { ...reading, width, height };
  }

  thresholdAtFmr(fmr: number): number | null {
    return this.core.call('_visavis_embedder_threshold', this.embedder, fmr) || null;
  }

  dispose(): void {
    this.core.call('_visavis_destroy', this.embedder);
  }

  private embed(image: Handle): Pick<Reading, 'embedding' | 'crop'> {
    const { core, embedder } = this;
    const side = core.call('_visavis_embedder_side', embedder);
    const length = core.call('_visavis_embedder_embedding_length', embedder);
    return core.heap.lend(length * 4, (embedding) =>
      core.heap.lend(side * side * 3, (crop) => {
        core.call('_visavis_embedder_embed', embedder, image, embedding, crop);
        const data = rgbaOfRgb(core.heap.readBytes(crop, side * side * 3));
        return {
          embedding: core.heap.readFloats(embedding, length),
          crop: { width: side, height: side, data },
        };
      }),
    );
  }
}
