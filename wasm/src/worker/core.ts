import { CORE_ERROR_CODES, VisavisError, type VisavisErrorCode } from '../shared/errors.js';
import type { Handle, Pointer, RawExports, WasmModule } from './exports.js';
import { Heap } from './heap.js';

type CoreCall = Exclude<keyof RawExports, '_malloc' | '_free'>;

/** The raw exports, with errors thrown: every call asks the core whether it went well. */
export class Core {
  readonly heap: Heap;

  constructor(private readonly module: WasmModule) {
    this.heap = new Heap(module);
  }

  /** Throws VisavisError. */
  call<Name extends CoreCall>(
    name: Name,
    ...args: Parameters<RawExports[Name]>
  ): ReturnType<RawExports[Name]> {
    const result = this.run(() =>
      (this.module[name] as (...values: number[]) => unknown)(...(args as number[])),
    );
    const code = this.module._visavis_error_code();
    if (code !== 0)
      throw coreError(code, this.heap.readString(this.module._visavis_error_message()));
    return result as ReturnType<RawExports[Name]>;
  }

  /** What `pointer` functions return, as text. */
  text(pointer: Pointer): string {
    return this.heap.readString(pointer);
  }

  /** Hands the object that `create` made to `use` and destroys it after. */
  using<Result>(handle: Handle, use: (handle: Handle) => Result): Result {
    try {
      return use(handle);
    } finally {
      this.call('_visavis_destroy', handle);
    }
  }

  get liveHandles(): number {
    return this.module._visavis_live_handles();
  }

  private run<Result>(body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      // A WebAssembly trap: the core catches everything of its own.
      throw new VisavisError(
        'internal',
        `The WebAssembly core stopped (${String(error)}): call Visavis.load() again and report this.`,
      );
    }
  }
}

function coreError(number: number, message: string): VisavisError {
  const codes: Record<number, VisavisErrorCode> = CORE_ERROR_CODES;
  return new VisavisError(codes[number] ?? 'internal', message);
}
