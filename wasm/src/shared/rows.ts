import { VisavisError } from './errors.js';
import type { Pixels } from './types.js';

/** A decoded photo, given out in strips of whole rows. */
export interface RowSource {
  readonly width: number;
  readonly height: number;
  /** Where it was scaled down: the size it had. */
  readonly scaledFrom?: { readonly width: number; readonly height: number };
  /** RGBA of `count` rows from `first`; valid until the next call. */
  rows(first: number, count: number): Uint8Array | Uint8ClampedArray;
  close(): void;
}

/** Throws 'invalid-argument' unless there are 4 bytes for every pixel. */
export function rowsOfPixels(pixels: Pixels): RowSource {
  const { width, height, data } = pixels;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!whole || data.length !== width * height * 4) {
    throw new VisavisError(
      'invalid-argument',
      `Pixels of ${width} x ${height} with ${data.length} bytes of data: ` +
        'give width and height of at least 1 and width * height * 4 bytes of RGBA.',
    );
  }
  return {
    width,
    height,
    rows: (first, count) => data.subarray(first * width * 4, (first + count) * width * 4),
    close: () => undefined,
  };
}
