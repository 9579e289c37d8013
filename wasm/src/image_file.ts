import { VisavisError } from './errors.js';

/** core/image.h: more pixels are refused, before anything is decoded where the header tells. */
export const MAX_IMAGE_PIXELS = 120_000_000;
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface ImageHeader {
  readonly format: 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'BMP' | 'AVIF' | 'HEIC';
  /** As stored, before EXIF orientation; undefined where the header does not say cheaply. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** Throws 'unreadable-image' for an empty file and 'image-too-large' above MAX_FILE_BYTES. */
export function requireFileSize(bytes: number): void {
  if (bytes === 0) throw unreadable('The file is empty: choose another photo.');
  if (bytes > MAX_FILE_BYTES) {
    throw new VisavisError(
      'image-too-large',
      `The file has ${megabytes(bytes)} MB, more than the ${megabytes(MAX_FILE_BYTES)} MB allowed: save a smaller photo.`,
    );
  }
}

/** Throws 'image-too-large' above MAX_IMAGE_PIXELS, 'unreadable-image' for a side of 0. */
export function requireImageSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw unreadable(`The image has ${width} x ${height} pixels.`);
  if (width * height > MAX_IMAGE_PIXELS) {
    throw new VisavisError(
      'image-too-large',
      `The image has ${width} x ${height} pixels, more than the ${MAX_IMAGE_PIXELS / 1e6} million allowed: save a smaller copy.`,
    );
  }
}

/**
 * Looks at an image file without decoding it: format and size from the header, and whether it is
 * whole, since browsers show a truncated photo with grey where the rest should be. Throws
 * 'unreadable-image' or 'image-too-large'.
 */
export function inspectImageFile(bytes: Uint8Array): ImageHeader {
  requireFileSize(bytes.length);
  const header = readHeader(new Reader(bytes));
  if (header === undefined) {
    throw unreadable('The file is no image that can be read: give a JPEG, PNG or WebP photo.');
  }
  if (header.size !== undefined) requireImageSize(header.size.width, header.size.height);
  return header;
}

function readHeader(file: Reader): ImageHeader | undefined {
  if (file.u16(0) === 0xffd8) return readJpeg(file);
  if (file.u32(0) === 0x89504e47 && file.u32(4) === 0x0d0a1a0a) return readPng(file);
  if (file.text(0, 4) === 'RIFF' && file.text(8, 4) === 'WEBP') return readWebp(file);
  if (file.text(0, 4) === 'GIF8') return { format: 'GIF', size: file.littleSize16(6) };
  if (file.text(0, 2) === 'BM' && file.length > 26) {
    return { format: 'BMP', size: { width: file.u32le(18), height: Math.abs(file.u32le(22) | 0) } };
  }
  if (file.text(4, 4) === 'ftyp') return readIsoMedia(file);
  return undefined;
}

/** ITU T.81, annex B: segments up to the first scan, then entropy-coded data up to EOI (FFD9). */
function readJpeg(file: Reader): ImageHeader {
  let size: ImageHeader['size'];
  let at = 2;
  while (at + 4 <= file.length) {
    if (file.u8(at) !== 0xff) throw unreadable('The JPEG file is damaged: choose another photo.');
    const marker = file.u8(at + 1);
    if (marker === 0xd9) return { format: 'JPEG', size };
    if (marker === 0xff) {
      at += 1; // Fill byte.
      continue;
    }
    if (isFrame(marker)) size = { width: file.u16(at + 7), height: file.u16(at + 5) };
    at += 2 + file.u16(at + 2);
    if (marker === 0xda) at = file.nextMarker(at);
  }
  if (at + 2 <= file.length && file.u16(at) === 0xffd9) return { format: 'JPEG', size };
  throw truncated('JPEG');
}

/** SOF0 to SOF15 without DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Chunks of length, type, data and CRC, from IHDR to IEND. */
function readPng(file: Reader): ImageHeader {
  const size = { width: file.u32(16), height: file.u32(20) };
  for (let at = 8; at + 12 <= file.length; at += 12 + file.u32(at)) {
    if (file.text(at + 4, 4) === 'IEND') return { format: 'PNG', size };
  }
  throw truncated('PNG');
}

/** RFC 9649, sections 2.4 to 2.7. */
function readWebp(file: Reader): ImageHeader {
  if (file.u32le(4) + 8 > file.length || file.length < 30) throw truncated('WebP');
  const chunk = file.text(12, 4);
  const format = 'WebP';
  if (chunk === 'VP8X') {
    return { format, size: { width: 1 + file.u24le(24), height: 1 + file.u24le(27) } };
  }
  if (chunk === 'VP8L') {
    const bits = file.u32le(21);
    return { format, size: { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) } };
  }
  const { width, height } = file.littleSize16(26);
  return { format, size: { width: width & 0x3fff, height: height & 0x3fff } };
}

/** ISO 14496-12: brands in `ftyp`; the largest `ispe` property is the image's size. */
function readIsoMedia(file: Reader): ImageHeader | undefined {
  const brands = file.text(8, Math.min(file.u32(0), 64) - 8);
  const format = /avi[fs]/.test(brands) ? 'AVIF' : /hei[cx]|mif1/.test(brands) ? 'HEIC' : undefined;
  if (format === undefined) return undefined;
  let size: ImageHeader['size'];
  const head = file.text(0, 1 << 16);
  for (let at = head.indexOf('ispe'); at >= 0; at = head.indexOf('ispe', at + 4)) {
    const found = { width: file.u32(at + 8), height: file.u32(at + 12) };
    if (size === undefined || found.width * found.height > size.width * size.height) size = found;
  }
  return { format, size };
}

/** Reads beyond the end give 0, so that a short file fails one check and needs none before it. */
class Reader {
  constructor(private readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }
  u8(at: number): number {
    return this.bytes[at] ?? 0;
  }
  u16(at: number): number {
    return (this.u8(at) << 8) | this.u8(at + 1);
  }
  u32(at: number): number {
    return this.u16(at) * 65536 + this.u16(at + 2);
  }
  u24le(at: number): number {
    return this.u8(at) | (this.u8(at + 1) << 8) | (this.u8(at + 2) << 16);
  }
  u32le(at: number): number {
    return this.u24le(at) + this.u8(at + 3) * 0x1000000;
  }
  littleSize16(at: number): { width: number; height: number } {
    return { width: this.u24le(at) & 0xffff, height: this.u24le(at + 2) & 0xffff };
  }
  text(at: number, length: number): string {
    return new TextDecoder('latin1').decode(this.bytes.subarray(at, at + length));
  }
  /** The next JPEG marker that is neither a stuffed FF00 nor a restart, or the end. */
  nextMarker(from: number): number {
    for (let at = this.bytes.indexOf(0xff, from); at >= 0; at = this.bytes.indexOf(0xff, at + 1)) {
      const next = this.u8(at + 1);
      if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    }
    return this.length;
  }
}

function truncated(format: string): VisavisError {
  return unreadable(`The ${format} file ends early: copy or download it again.`);
}

function unreadable(message: string): VisavisError {
  return new VisavisError('unreadable-image', message);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
