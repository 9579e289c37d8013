import { readFile, stat } from 'node:fs/promises';
import type * as Sharp from 'sharp';

import { VisavisError } from '../shared/errors.js';
import {
  damaged,
  type Frame,
  type ImageFile,
  inspectImageFile,
  MAX_IMAGE_PIXELS,
  requireFileSize,
} from '../worker/image_file.js';
import { ColourConversion } from '../photo_file/colour.js';
import type { Pixels } from '../shared/types.js';
import { decodeHeic } from './decode_heic.js';

/** Decodes the bytes of an image file by `sharp`, which works in threads of its own; HEIC by `libheif-js`. */
export async function decodeFile(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const file = await inspectImageFile(bytes);
  if (file.heif?.isAv1 === false) return decodeHeic(bytes, file.heif);
  const sharp = await loadSharp();
  const decoded = await decode(sharp, file);
  coloursOf(file)?.apply(decoded.data);
  if (file.frame === undefined) return decoded;
  const { width, height, data } = placed(decoded, file.frame);
  return pixelsOf(turned(sharp(data, { raw: { width, height, channels: 4 } }), file.orientation));
}

async function decode(sharp: typeof Sharp.default, file: ImageFile): Promise<Pixels> {
  const decoding = bySharp(sharp, file, file.plain).catch(async (error: unknown) => {
    if (file.repacked === undefined) throw error;
    return bySharp(sharp, file, await file.repacked());
  });
  try {
    file.requireAllPixels?.(); // sharp decodes meanwhile, in a thread of its own.
  } catch (error) {
    decoding.catch(() => undefined);
    throw error;
  }
  try {
    return await decoding;
  } catch (error) {
    if (error instanceof VisavisError) throw error;
    throw damaged(
      file.format,
      error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error),
    );
  }
}

async function bySharp(
  sharp: typeof Sharp.default,
  file: ImageFile,
  bytes: Uint8Array,
): Promise<Pixels> {
  // Whether pixels of a JPEG are missing was asked before; libvips' own warnings are of harmless things, too.
  const failOn = file.requireAllPixels === undefined ? 'warning' : 'none';
  const opened = sharp(bytes, { limitInputPixels: MAX_IMAGE_PIXELS, failOn });
  const image = file.frame === undefined ? turned(opened, file.orientation) : opened;
  if (file.isBareInk) return pixelsOfInk(image.pipelineColourspace('cmyk').toColourspace('cmyk'));
  return pixelsOf(image.toColourspace('srgb').ensureAlpha());
}

async function pixelsOf(image: Sharp.Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Ink to light naively, as browsers do it: without being asked, sharp takes a profile of its own. */
async function pixelsOfInk(image: Sharp.Sharp): Promise<Pixels> {
  const pixels = await pixelsOf(image);
  const { data } = pixels;
  for (let at = 0; at + 3 < data.length; at += 4) {
    const light = 255 - (data[at + 3] as number);
    for (let i = at; i < at + 3; i++)
      data[i] = Math.round(((255 - (data[i] as number)) * light) / 255);
    data[at + 3] = 255;
  }
  return pixels;
}

/** Upright, as EXIF 2.3 numbers the orientations; sharp mirrors before it rotates. */
function turned(image: Sharp.Sharp, orientation: number): Sharp.Sharp {
  const quarters = { 3: 180, 5: 270, 6: 90, 7: 90, 8: 270 }[orientation];
  const mirrored = [2, 5, 7].includes(orientation)
    ? image.flop()
    : orientation === 4
      ? image.flip()
      : image;
  return quarters === undefined ? mirrored : mirrored.rotate(quarters);
}

/** sharp knows profiles, and of AVIF no code points. */
function coloursOf({ colours, heif }: ImageFile): ColourConversion | undefined {
  const points = heif?.codePoints;
  return points === undefined
    ? colours
    : ColourConversion.ofCodePoints(points.primaries, points.transfer);
}

/** On a canvas that is transparent elsewhere. */
function placed(picture: Pixels, frame: Frame): Pixels {
  const data = new Uint8Array(frame.width * frame.height * 4);
  const rowBytes = picture.width * 4;
  for (let y = 0; y < picture.height; y++) {
    const at = ((frame.top + y) * frame.width + frame.left) * 4;
    data.set(picture.data.subarray(y * rowBytes, (y + 1) * rowBytes), at);
  }
  return { width: frame.width, height: frame.height, data };
}

/** Throws 'io' for what is missing, not permitted or no file. */
export async function readPhotoFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await stat(path);
    if (size > 0) requireFileSize(size);
    return (await readFile(path)) as Uint8Array<ArrayBuffer>;
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
