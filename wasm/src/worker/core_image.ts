import type { Core } from './core.js';
import type { Handle } from './exports.js';
import { transparent } from './image_file.js';
import type { RowSource } from '../shared/rows.js';

/** Photos cross in strips of about this many pixels, so that RGBA is never there whole. */
const STRIP_PIXELS = 1 << 20;

/** Lends the photo to `use` as an image of the core. Throws 'unreadable-image' where no pixel shows. */
export function withImage<Result>(
  core: Core,
  photo: RowSource,
  use: (image: Handle) => Result,
): Result {
  const { width, height } = photo;
  return core.using(core.call('_visavis_image_create', width, height), (image) => {
    const stripRows = Math.min(height, Math.max(1, Math.floor(STRIP_PIXELS / width)));
    let shows = false;
    core.heap.lend(stripRows * width * 4, (strip) => {
      for (let first = 0; first < height; first += stripRows) {
        const count = Math.min(stripRows, height - first);
        const rgba = photo.rows(first, count);
        shows ||= hasVisiblePixel(rgba);
        core.heap.write(strip, rgba);
        core.call('_visavis_image_write', image, first, count, strip);
      }
    });
    if (!shows) throw transparent();
    return use(image);
  });
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
