import { VisavisError } from './errors.js';
import { filtered, otsu, partsAbove, type Plane, sampleAt, type Split } from './ink_picture.js';
import type { RowSource } from './rows.js';
import type { Pixels } from './types.js';

/**
 * A picture of a drawn character brought to the form in which Omniglot holds its own (Lake et al. 2015), which is what
 * the characters model was trained on: 105 x 105, black ink on white, middle of the square.
 *
 * Rough: several characters are taken for one, ruled lines and the paper's edge for strokes, strokes broader than about
 * a twentieth of the picture are hollowed out, and broad ones stay broad (thin ones are thickened to Omniglot's pen).
 */
export function findInk(picture: RowSource): Pixels {
  const ink = separate(shrunk(picture));
  const { centre, extent } = ink.box;
  const size = Math.max(ink.soft.width, ink.soft.height);
  // How large it stands in its picture is kept, as far as Omniglot's do (5th to 95th percentile of its drawings).
  const wanted = Math.min(EXTENT.most, Math.max(EXTENT.least, (extent * SIDE) / size));
  const step = extent / wanted;
  const framed = resampled(ink.soft, centre, step);
  return blackOnWhite(thickened(framed, (PEN - ink.strokeWidth / step) / 2));
}

/** Measured on Omniglot's images: side, width of the pen, and longer side of the ink's box. */
const SIDE = 105;
const PEN = 4.6;
const EXTENT = { least: 48, most: 88 };

/** More detail than this is lost anyway on the way to 28 pixels. */
const MAX_WORKING_SIDE = 320;
/** Ink is at least so much darker than its paper, as a share of the paper's brightness and of white's. */
const LEAST_CONTRAST = 0.15;
const LEAST_DIFFERENCE = 0.08;
/** Specks smaller than this share of the largest part are dust. */
const LEAST_PART = 0.02;

/** Luma 0..1 over white, in blocks of whole pixels. */
function shrunk(picture: RowSource): Plane {
  const block = Math.ceil(Math.max(picture.width, picture.height) / MAX_WORKING_SIDE);
  const width = Math.ceil(picture.width / block);
  const height = Math.ceil(picture.height / block);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const count = Math.min(block, picture.height - y * block);
    const rgba = picture.rows(y * block, count);
    for (let x = 0; x < width; x++) {
      const across = Math.min(block, picture.width - x * block);
      let sum = 0;
      for (let row = 0; row < count; row++) {
        for (let column = 0; column < across; column++) {
          sum += luma(rgba, (row * picture.width + x * block + column) * 4);
        }
      }
      values[y * width + x] = sum / (count * across);
    }
  }
  return { width, height, values };
}

/** ITU-R BT.601, as core/model/preprocess.h. */
function luma(rgba: Uint8Array | Uint8ClampedArray, at: number): number {
  const [r, g, b, alpha] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!, rgba[at + 3]! / 255];
  return 1 - alpha + (alpha * (0.299 * r + 0.587 * g + 0.114 * b)) / 255;
}

interface Ink {
  /** 1 where there is ink, in between at its edges. */
  readonly soft: Plane;
  readonly box: { readonly centre: readonly [number, number]; readonly extent: number };
  readonly strokeWidth: number;
}

function separate(picture: Plane): Ink {
  const grey = darkOnLight(picture);
  const darkness = relativeDarkness(grey);
  const split = otsu(darkness.values);
  const contrast = split.highMean - split.lowMean;
  if (contrast < LEAST_CONTRAST || contrast * median(grey.values) < LEAST_DIFFERENCE) throw noInk();
  const parts = partsAbove(darkness, split.threshold);
  const largest = parts.reduce((most, part) => Math.max(most, part.length), 0);
  const kept = parts.filter((part) => part.length >= largest * LEAST_PART).flat();
  return { soft: softened(darkness, split, kept), box: boxOf(kept, grey.width), strokeWidth: widthOf(kept, grey.width) };
}

/** Paper is most of a picture, so the mean lies on the ink's side of the median. */
function darkOnLight(grey: Plane): Plane {
  const mean = grey.values.reduce((sum, value) => sum + value, 0) / grey.values.length;
  return mean <= median(grey.values) ? grey : { ...grey, values: grey.values.map((value) => 1 - value) };
}

function median(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1] as number;
}

/** 1 - grey / paper, the paper under the ink told from that around it: shadows and vignettes go. */
function relativeDarkness(grey: Plane): Plane {
  const radius = Math.max(2, Math.round(Math.max(grey.width, grey.height) / 20));
  const paper = filtered(filtered(grey, radius, 'maximum'), radius, 'mean');
  const values = grey.values.map((value, i) => Math.max(0, 1 - value / Math.max(paper.values[i]!, 1 / 255)));
  return { ...grey, values };
}

function softened(darkness: Plane, { lowMean, highMean }: Split, kept: readonly number[]): Plane {
  const { width } = darkness;
  const values = new Float32Array(darkness.values.length);
  // The kept parts and the edge around them, where pixels are ink in part.
  for (const index of kept) {
    for (const neighbour of [index, index - 1, index + 1, index - width, index + width]) {
      const value = darkness.values[neighbour];
      if (value === undefined) continue;
      values[neighbour] = Math.min(1, Math.max(0, (value - lowMean) / (highMean - lowMean)));
    }
  }
  return { ...darkness, values };
}

function boxOf(pixels: readonly number[], width: number): Ink['box'] {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const index of pixels) {
    const x = index % width;
    const y = (index - x) / width;
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  return { centre: [(left + right) / 2, (top + bottom) / 2], extent: Math.max(right - left, bottom - top) };
}

/** Area over half the outline: exact for a long line. A slanted outline of pixel edges is 4 / pi too long on average. */
function widthOf(pixels: readonly number[], width: number): number {
  const inside = new Set(pixels);
  let edges = 0;
  for (const index of pixels) {
    for (const neighbour of [index - 1, index + 1, index - width, index + width]) edges += inside.has(neighbour) ? 0 : 1;
  }
  return (2 * pixels.length) / (edges * (Math.PI / 4));
}

const SAMPLES = 4;

/** `step` pixels of the plane to one of the square, `centre` in its middle. */
function resampled(plane: Plane, [cx, cy]: readonly [number, number], step: number): Plane {
  const values = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    let sum = 0;
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
      const u = x + ((sample % SAMPLES) + 0.5) / SAMPLES - SIDE / 2;
      const v = y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES - SIDE / 2;
      sum += sampleAt(plane, cx + u * step, cy + v * step);
    }
    values[i] = sum / SAMPLES ** 2;
  }
  return { width: SIDE, height: SIDE, values };
}

/** Grown by a disc of this radius in pixels, its edge soft; as it is for 0 and below. */
function thickened(plane: Plane, radius: number): Plane {
  if (!(radius > 0)) return plane;
  const reach = Math.ceil(radius);
  const values = plane.values.slice();
  for (let i = 0; i < values.length; i++) {
    const ink = plane.values[i] as number;
    if (ink === 0) continue;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    for (let ny = Math.max(0, y - reach); ny <= Math.min(SIDE - 1, y + reach); ny++) {
      for (let nx = Math.max(0, x - reach); nx <= Math.min(SIDE - 1, x + reach); nx++) {
        const cover = Math.min(1, Math.max(0, radius + 1 - Math.hypot(nx - x, ny - y)));
        values[ny * SIDE + nx] = Math.max(values[ny * SIDE + nx]!, ink * cover);
      }
    }
  }
  return { ...plane, values };
}

function blackOnWhite({ width, height, values }: Plane): Pixels {
  const data = new Uint8ClampedArray(values.length * 4).fill(255);
  values.forEach((ink, i) => data.fill(255 * (1 - ink), i * 4, i * 4 + 3));
  return { width, height, data };
}

function noInk(): VisavisError {
  return new VisavisError(
    'unreadable-image',
    'No strokes stand out in this picture: give one of dark ink on light paper, or the reverse, that fills it.',
  );
}
