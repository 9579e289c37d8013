import { readFile, stat } from 'node:fs/promises';
import type * as Sharp from 'sharp';

import { VisavisError } from '../errors.js';
import { inspectImageFile, MAX_IMAGE_PIXELS, requireFileSize } from '../image_file.js';
import type { Pixels } from '../types.js';

/** Decodes the bytes of an image file by `sharp`, which works in threads of its own. */
export async function decodeFile(bytes: Uint8Array): Promise<Pixels> {
  const { format } = inspectImageFile(bytes);
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, {
      limitInputPixels: MAX_IMAGE_PIXELS,
      failOn: 'truncated',
    })
      .rotate() // Upright, as EXIF says.
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new VisavisError(
      'unreadable-image',
      `sharp cannot decode the ${format} file (${why}): it is damaged, or save it as JPEG or PNG.`,
    );
  }
}

/** Throws 'io' for what is missing, not permitted or no file. */
export async function readPhotoFile(path: string | URL): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > 0) requireFileSize(size);
    return await readFile(path);
  } catch (error) {
    if (error instanceof VisavisError) throw error;
    const folder = (error as NodeJS.ErrnoException).code === 'EISDIR';
    const why = folder ? 'it is a folder: name a file in it' : (error as Error).message;
    throw new VisavisError('io', `${String(path)} cannot be read: ${why}.`);
  }
}

async function loadSharp(): Promise<typeof Sharp.default> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new VisavisError(
      'decoder-missing',
      'Image files are decoded by sharp, which is not installed: run `npm i sharp`, or give ' +
        `{ width, height, data } with RGBA pixels (${(error as Error).message.split('\n', 1)[0]}).`,
    );
  }
}
