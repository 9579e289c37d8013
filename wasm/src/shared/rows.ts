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
  /** The same photo as its decoder holds it, where that is read faster. */
  readonly stored?: StoredRows;
  close(): void;
}

/** Opaque pixels, not yet turned upright. */
export interface StoredRows {
  readonly width: number;
  readonly height: number;
  /** 1 to 8, as EXIF numbers them. */
  readonly orientation: number;
  /** BGRX, or RGBX. */
  readonly isBlueFirst: boolean;
  /** 4 bytes for each pixel of `count` rows from `first`; valid until the next call. */
  read(first: number, count: number): Promise<Uint8Array>;
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
