import type { Core } from './core.js';
import type { Handle } from './exports.js';
import { transparent } from './image_file.js';
import type { RowSource, StoredRows } from '../shared/rows.js';

/** Photos cross in strips of about this many pixels, so that RGBA is never there whole and stays near the processor. */
const STRIP_PIXELS = 1 << 18;

/** Lends the photo to `use` as an image of the core. Throws 'unreadable-image' where no pixel shows. */
export async function withImage<Result>(
  core: Core,
  photo: RowSource,
  use: (image: Handle) => Result,
): Promise<Result> {
  const { width, height } = photo;
  const image = core.call('_visavis_image_create', width, height);
  try {
    await (photo.stored === undefined
      ? writeRows(core, photo, image)
      : writeStored(core, photo.stored, image));
    return use(image);
  } finally {
    core.call('_visavis_destroy', image);
  }
}

function writeRows(core: Core, photo: RowSource, image: Handle): void {
  const { width } = photo;
  let shows = false;
  core.heap.lend(stripRows(photo) * width * 4, (strip) => {
    for (const { first, count } of strips(photo)) {
      const rgba = photo.rows(first, count);
      shows ||= hasVisiblePixel(rgba);
      core.heap.write(strip, rgba);
      core.call('_visavis_image_write', image, first, count, strip);
    }
  });
  if (!shows) throw transparent();
}

/** Lends memory for one strip at a time: whatever else the worker is asked for may come between. */
async function writeStored(core: Core, photo: StoredRows, image: Handle): Promise<void> {
  const { orientation, isBlueFirst } = photo;
  for (const { first, count } of strips(photo)) {
    const pixels = await photo.read(first, count);
    core.heap.lendBytes(pixels, (strip) =>
      core.call(
        '_visavis_image_write_stored',
        image,
        orientation,
        Number(isBlueFirst),
        first,
        count,
        strip,
      ),
    );
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function stripRows({ width, height }: Size): number {
  return Math.min(height, Math.max(1, Math.floor(STRIP_PIXELS / width)));
}

function* strips(photo: Size): Generator<{ first: number; count: number }> {
  const rows = stripRows(photo);
  for (let first = 0; first < photo.height; first += rows)
    yield { first, count: Math.min(rows, photo.height - first) };
}

function hasVisiblePixel(rgba: Uint8Array | Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return true;
  return false;
}

/** Opaque, as ImageData wants it. */
export function rgbaOfRgb(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = rgb.length / 3;
  const data = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let i = 0; i < pixels; i++) data.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
  return data;
}
