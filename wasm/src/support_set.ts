import { METHODS, SIMILARITIES } from './api_order.js';
import type { Core } from './core.js';
import { VisavisError } from './errors.js';
import type { Handle } from './exports.js';
import type { ClassSize } from './few_shot_types.js';
import type { FewShotAnswer, FewShotOptions } from './protocol.js';
import type { StoredSupport } from './support_bytes.js';

/** kVisavisRankingValues of api.h. */
const RANKING_VALUES = 3;

/** The core's support set; what it refuses leaves it as it was. */
export class SupportSet {
  /** Made with the first example, which says how long embeddings are. */
  private set: { readonly handle: Handle; readonly length: number } | undefined;

  constructor(private readonly core: Core) {}

  classes(): ClassSize[] {
    const { core, set } = this;
    if (set === undefined) return [];
    return Array.from({ length: core.call('_visavis_support_class_count', set.handle) }, (_, index) => ({
      name: core.text(core.call('_visavis_support_class_name', set.handle, index)),
      examples: core.call('_visavis_support_class_shots', set.handle, index),
    }));
  }

  add(name: string, embedding: Float32Array): void {
    this.set ??= this.create(embedding.length);
    this.addTo(this.set.handle, name, embedding);
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
        const [index, probability, distance] = values.slice(i * RANKING_VALUES) as [number, number, number];
        return { name: classes[index]?.name ?? '', probability, distance };
      });
      return { ranking, isRejected: rejected === 1 };
    });
  }

  stored(): StoredSupport {
    const classes = this.classes();
    if (this.set === undefined || classes.length === 0) return { classes, rows: new Float32Array(), length: 0 };
    const { handle, length } = this.set;
    const examples = classes.reduce((sum, entry) => sum + entry.examples, 0);
    const start = this.core.call('_visavis_support_rows', handle);
    return { classes, rows: this.core.heap.readFloats(start, examples * length), length };
  }

  /** All of it or nothing. */
  replace({ classes, rows, length }: StoredSupport): void {
    const next = classes.length === 0 ? undefined : this.create(length);
    let row = 0;
    try {
      for (const { name, examples } of classes) {
        for (let i = 0; i < examples; i++, row++) {
          this.addTo(next?.handle ?? 0, name, rows.subarray(row * length, (row + 1) * length));
        }
      }
    } catch (error) {
      if (next !== undefined) this.core.call('_visavis_destroy', next.handle);
      throw error;
    }
    this.dispose();
    this.set = next;
  }

  dispose(): void {
    if (this.set !== undefined) this.core.call('_visavis_destroy', this.set.handle);
    this.set = undefined;
  }

  private create(length: number): { handle: Handle; length: number } {
    return { handle: this.core.call('_visavis_support_create', length), length };
  }

  private addTo(support: Handle, name: string, embedding: Float32Array): void {
    this.core.heap.lendString(name, (text) =>
      this.core.heap.lendFloats(embedding, (values) =>
        this.core.call('_visavis_support_add', support, text, values, embedding.length),
      ),
    );
  }

  private required(): Handle {
    if (this.set !== undefined) return this.set.handle;
    throw new VisavisError('invalid-argument', 'The classifier knows no class yet: add examples of two or more.');
  }
}
