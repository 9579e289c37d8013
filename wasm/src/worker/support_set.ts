import { METHODS, SIMILARITIES } from '../shared/api_order.js';
import type { Core } from './core.js';
import { VisavisError } from '../shared/errors.js';
import type { Handle } from './exports.js';
import type { ClassSize } from '../shared/few_shot_types.js';
import type { FewShotAnswer, FewShotOptions } from '../shared/protocol.js';

/** kVisavisRankingValues of api.h. */
const RANKING_VALUES = 3;

/** The core's support set; what it refuses leaves it as it was. */
export class SupportSet {
  /** Made with the first example, which says how long embeddings are. */
  private set: Handle | undefined;

  constructor(private readonly core: Core) {}

  classes(): ClassSize[] {
    const { core, set } = this;
    if (set === undefined) return [];
    return Array.from({ length: core.call('_visavis_support_class_count', set) }, (_, index) => ({
      name: core.text(core.call('_visavis_support_class_name', set, index)),
      examples: core.call('_visavis_support_class_shots', set, index),
    }));
  }

  add(name: string, embedding: Float32Array): void {
    this.set ??= this.create(embedding.length);
    this.addTo(this.set, name, embedding);
  }

  /** A class goes with its only example. */
  removeExample(name: string, example: number): void {
    const isOnly = this.classes().some((entry) => entry.name === name && entry.examples === 1);
    if (isOnly && example === 0) return this.removeClass(name);
    this.core.heap.lendString(name, (text) =>
      this.core.call('_visavis_support_remove_example', this.required(), text, example),
    );
  }

  removeClass(name: string): void {
    this.core.heap.lendString(name, (text) =>
      this.core.call('_visavis_support_remove_class', this.required(), text),
    );
  }

  classify(query: Float32Array, options: FewShotOptions): FewShotAnswer {
    const { core } = this;
    const support = this.required();
    const classes = this.classes();
    const numbers = classes.length * RANKING_VALUES;
    // Room for one class at least: the core is to refuse an empty set, not malloc.
    return core.heap.lend(Math.max(RANKING_VALUES, numbers) * 8, (out) => {
      const rejected = core.heap.lendFloats(query, (values) =>
        core.call(
          '_visavis_support_classify',
          support,
          values,
          query.length,
          METHODS.indexOf(options.method),
          SIMILARITIES.indexOf(options.similarity),
          options.scale,
          options.rejectionDistance ?? NaN,
          out,
        ),
      );
      const values = core.heap.readDoubles(out, numbers);
      const ranking = classes.map((_, i) => {
        const [index, probability, distance] = values.slice(i * RANKING_VALUES) as [
          number,
          number,
          number,
        ];
        return { name: classes[index]?.name ?? '', probability, distance };
      });
      return { ranking, isRejected: rejected === 1 };
    });
  }

  /** The content of a support set file; `model` made the embeddings. Throws 'invalid-argument' unless all are of length 1. */
  toBytes(model: string): Uint8Array<ArrayBuffer> {
    const { core } = this;
    if (this.set === undefined)
      return core.using(this.create(1), (empty) => this.packed(empty, model));
    return this.packed(this.set, model);
  }

  /** All of what toBytes gave, or nothing. Throws 'invalid-argument', or 'model-mismatch' for another model's. */
  replace(bytes: Uint8Array, model: string): void {
    const { core } = this;
    const next = core.heap.lendBytes(bytes, (start) =>
      core.heap.lendString(model, (expected) =>
        core.heap.lendString('The support set given to importSupport', (source) =>
          core.call('_visavis_support_unpack', start, bytes.length, expected, source),
        ),
      ),
    );
    this.dispose();
    this.set = next;
    // The next example says how long embeddings are.
    if (this.classes().length === 0) this.dispose();
  }

  dispose(): void {
    if (this.set !== undefined) this.core.call('_visavis_destroy', this.set);
    this.set = undefined;
  }

  private create(length: number): Handle {
    return this.core.call('_visavis_support_create', length);
  }

  private packed(support: Handle, model: string): Uint8Array<ArrayBuffer> {
    const { core } = this;
    const size = core.heap.lendString(model, (text) =>
      core.call('_visavis_support_pack', support, text),
    );
    return core.heap.readBytes(core.call('_visavis_support_packed', support), size);
  }

  private addTo(support: Handle, name: string, embedding: Float32Array): void {
    this.core.heap.lendString(name, (text) =>
      this.core.heap.lendFloats(embedding, (values) =>
        this.core.call('_visavis_support_add', support, text, values, embedding.length),
      ),
    );
  }

  private required(): Handle {
    if (this.set !== undefined) return this.set;
    throw new VisavisError(
      'invalid-argument',
      'The classifier knows no class yet: add examples of two or more.',
    );
  }
}
