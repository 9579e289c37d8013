import { VisavisError } from '../shared/errors.js';
import type { Pointer, WasmModule } from './exports.js';

/**
 * The only code that touches WebAssembly memory. Views are made afresh for every access, since a
 * call may grow the memory and so detach older ones; whatever leaves here is a copy.
 */
export class Heap {
  constructor(private readonly module: WasmModule) {}

  /** Bytes of memory now; it grows when needed and never shrinks. */
  get size(): number {
    return this.module.HEAPU8.byteLength;
  }

  /** Lends `size` bytes to `use`. */
  lend<Result>(size: number, use: (pointer: Pointer) => Result): Result {
    const pointer = this.module._malloc(size);
    if (pointer === 0) {
      throw new VisavisError(
        'out-of-memory',
        `No ${size} bytes of memory are left: close other pages or give a smaller photo.`,
      );
    }
    try {
      return use(pointer);
    } finally {
      this.module._free(pointer);
    }
  }

  lendBytes<Result>(bytes: Uint8Array, use: (pointer: Pointer) => Result): Result {
    return this.lend(bytes.length, (pointer) => {
      this.write(pointer, bytes);
      return use(pointer);
    });
  }

  lendFloats<Result>(values: ArrayLike<number>, use: (pointer: Pointer) => Result): Result {
    return this.lend(values.length * 4, (pointer) => {
      new Float32Array(this.module.HEAPU8.buffer, pointer, values.length).set(values);
      return use(pointer);
    });
  }

  /** As UTF-8 with a closing 0. */
  lendString<Result>(text: string, use: (pointer: Pointer) => Result): Result {
    return this.lendBytes(new TextEncoder().encode(`${text}\0`), use);
  }

  write(pointer: Pointer, bytes: Uint8Array | Uint8ClampedArray): void {
    this.module.HEAPU8.set(bytes, pointer);
  }

  readBytes(pointer: Pointer, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.module.HEAPU8.subarray(pointer, pointer + length));
  }

  readFloats(pointer: Pointer, length: number): Float32Array {
    return new Float32Array(this.module.HEAPU8.buffer, pointer, length).slice();
  }

  readDoubles(pointer: Pointer, length: number): number[] {
    return Array.from(new Float64Array(this.module.HEAPU8.buffer, pointer, length));
  }

  readString(pointer: Pointer): string {
    const end = this.module.HEAPU8.indexOf(0, pointer);
    return new TextDecoder().decode(this.module.HEAPU8.slice(pointer, end));
  }
}
