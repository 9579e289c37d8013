import { ascii, joined, Reader } from './bytes.js';
import { exifOrientation } from './exif.js';
import type { Frame, ImageParts } from './image_parts.js';
import { requireImageSize } from './limits.js';
import { damaged, truncated } from './refusals.js';

/** Of VP8X: what the other chunks hold. */
const EXIF = 0x08;
const ALPHA = 0x10;
const ICC = 0x20;

/**
 * RFC 9649, sections 2.3 to 2.7: chunks of name, length and data, padded to an even length. Of an
 * animation the first frame is taken.
 */
export function readWebp(file: Reader): ImageParts {
  const chunks = chunksOf(file, 12, file.length);
  const extended = chunks.get('VP8X');
  const animated = chunks.get('ANMF');
  const image =
    animated === undefined ? imageOf(chunks) : imageOf(chunksOf(animated, 16, animated.length));
  if (image === undefined) throw truncated('WebP');
  const size = sizeOf(image.pixels, image.isLossless);
  const canvas =
    extended === undefined ? size : { width: 1 + extended.u24le(4), height: 1 + extended.u24le(7) };
  requireImageSize(canvas.width, canvas.height);
  requireImageSize(size.width, size.height);
  const frame: Frame = {
    ...canvas,
    left: 2 * (animated?.u24le(0) ?? 0),
    top: 2 * (animated?.u24le(3) ?? 0),
  };
  if (frame.left + size.width > canvas.width || frame.top + size.height > canvas.height) {
    throw damaged('WebP', 'a frame beyond the canvas');
  }
  const fills = size.width === canvas.width && size.height === canvas.height;
  const has = (flag: number): boolean => ((extended?.u8(0) ?? 0) & flag) !== 0;
  const exif = has(EXIF) ? chunks.get('EXIF') : undefined;
  return {
    ...canvas,
    orientation: exif === undefined ? 1 : exifOrientation(exif.bytes),
    plain: plainFile(image, size, has(ICC) ? chunks.get('ICCP') : undefined),
    ...(!fills && { frame }),
  };
}

interface WebpImage {
  readonly pixels: Reader;
  readonly isLossless: boolean;
  readonly alpha: Reader | undefined;
}

/** The first of each name; those cut off by the end of the file are left out. */
function chunksOf(file: Reader, from: number, to: number): Map<string, Reader> {
  const chunks = new Map<string, Reader>();
  for (let at = from; at + 8 <= to;) {
    const name = file.text(at, 4);
    const end = at + 8 + file.u32le(at + 4);
    if (end > to) break;
    if (!chunks.has(name)) chunks.set(name, new Reader(file.part(at + 8, end)));
    at = end + (end & 1);
  }
  return chunks;
}

function imageOf(chunks: Map<string, Reader>): WebpImage | undefined {
  const lossless = chunks.get('VP8L');
  const pixels = lossless ?? chunks.get('VP8 ');
  const isLossless = lossless !== undefined;
  return pixels && { pixels, isLossless, alpha: isLossless ? undefined : chunks.get('ALPH') };
}

function sizeOf(pixels: Reader, isLossless: boolean): { width: number; height: number } {
  if (isLossless) {
    const bits = pixels.u32le(1);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return { width: pixels.u16le(6) & 0x3fff, height: pixels.u16le(8) & 0x3fff };
}

function plainFile(
  { pixels, isLossless, alpha }: WebpImage,
  size: { width: number; height: number },
  icc: Reader | undefined,
): Uint8Array<ArrayBuffer> {
  const image = chunkOf(isLossless ? 'VP8L' : 'VP8 ', pixels.bytes);
  if (alpha === undefined && icc === undefined) return riff([image]);
  const hasAlpha = alpha !== undefined || (isLossless && (pixels.u8(4) & 0x10) !== 0);
  const flags = (hasAlpha ? ALPHA : 0) | (icc === undefined ? 0 : ICC);
  const header = Uint8Array.of(flags, 0, 0, 0, ...u24(size.width - 1), ...u24(size.height - 1));
  return riff([
    chunkOf('VP8X', header),
    ...(icc === undefined ? [] : [chunkOf('ICCP', icc.bytes)]),
    ...(alpha === undefined ? [] : [chunkOf('ALPH', alpha.bytes)]),
    image,
  ]);
}

function riff(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joined([chunkOf('RIFF', joined([ascii('WEBP'), ...chunks]))]);
}

function chunkOf(name: string, data: Uint8Array): Uint8Array {
  const length = Uint8Array.of(...u24(data.length), data.length >>> 24);
  return joined([ascii(name), length, data, new Uint8Array(data.length & 1)]);
}

function u24(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff];
}
