import { VisavisError } from './errors.js';

/** (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)): fixed-width SIMD or nothing. */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

/**
 * (module (func): f32x4.relaxed_madd and i32x4.relaxed_dot_i8x16_i7x16_add_s of zeros, dropped): relaxed SIMD in its
 * final numbering or nothing.
 */
const RELAXED_SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 36, 1, 34, 0, 65, 0, 253, 15, 65,
  0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 26, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253,
  147, 2, 26, 11,
]);

/** Whether the engine has fused products and dot products of int8 (Chrome 114, node 22). */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_SIMD_MODULE);
}

/** Throws 'unsupported' where WebAssembly or its SIMD is missing; `advice` says what has them. */
export function requireSimd(advice: string): void {
  if (typeof WebAssembly !== 'object') throw unsupported('WebAssembly', advice);
  if (!WebAssembly.validate(SIMD_MODULE)) throw unsupported('WebAssembly SIMD', advice);
}

/** False where a Content-Security-Policy without 'wasm-unsafe-eval' forbids to compile what is valid. */
export function isWebAssemblyAllowed(): boolean {
  try {
    new WebAssembly.Module(SIMD_MODULE);
    return true;
  } catch {
    return false;
  }
}

export function unsupported(what: string, advice: string): VisavisError {
  return new VisavisError('unsupported', `${what} is not supported here: ${advice}.`);
}
