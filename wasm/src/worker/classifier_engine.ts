import { Core } from './core.js';
import { createReader, type ExampleReader } from './example_reader.js';
import type { WasmModule } from './exports.js';
import type { ClassSize, Subject } from '../shared/few_shot_types.js';
import type {
  FewShotAnswer,
  FewShotOptions,
  ReadOptions,
  Reading,
  SubjectFiles,
} from '../shared/protocol.js';
import type { RowSource } from '../shared/rows.js';
import { SupportSet } from './support_set.js';

/** From image to class, computed at once in this thread. */
export class ClassifierEngine {
  private readonly support: SupportSet;

  private constructor(
    private readonly core: Core,
    private readonly reader: ExampleReader,
  ) {
    this.support = new SupportSet(core);
  }

  /** Throws VisavisError 'model-...', naming the file. */
  static create(module: WasmModule, subject: Subject, files: SubjectFiles): ClassifierEngine {
    const core = new Core(module);
    return new ClassifierEngine(core, createReader(core, subject, files));
  }

  get model(): string {
    return this.reader.model;
  }

  /** Objects alive in the core: the networks and, once there is an example, the support set. */
  get liveHandles(): number {
    return this.core.liveHandles;
  }

  /** Throws 'invalid-argument' for an FMR that too few pairs were measured for. */
  rejectionDistance(fmr: number | undefined): number | null {
    return fmr === undefined ? this.reader.defaultThreshold : this.reader.thresholdAtFmr(fmr);
  }

  read(image: RowSource, options: ReadOptions): Promise<Reading> {
    return this.reader.read(image, options);
  }

  addExample(name: string, embedding: Float32Array): ClassSize[] {
    this.support.add(name, embedding);
    return this.support.classes();
  }

  removeExample(name: string, example: number): ClassSize[] {
    this.support.removeExample(name, example);
    return this.support.classes();
  }

  removeClass(name: string): ClassSize[] {
    this.support.removeClass(name);
    return this.support.classes();
  }

  classify(query: Float32Array, options: FewShotOptions): FewShotAnswer {
    return this.support.classify(query, options);
  }

  exportSupport(): Uint8Array<ArrayBuffer> {
    return this.support.toBytes(this.model);
  }

  /** Throws 'model-mismatch' for another model's. */
  importSupport(bytes: Uint8Array): ClassSize[] {
    this.support.replace(bytes, this.model);
    return this.support.classes();
  }

  dispose(): void {
    this.support.dispose();
    this.reader.dispose();
  }
}
