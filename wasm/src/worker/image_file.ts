import { Reader } from '../photo_file/bytes.js';
import type { ColourConversion } from '../photo_file/colour.js';
import { type Format, formatOf } from '../photo_file/formats.js';
import { type HeifHeader, readHeif } from '../photo_file/heif.js';
import type { Frame, ImageParts } from '../photo_file/image_parts.js';
import { readJpeg } from '../photo_file/jpeg.js';
import { requireFileSize } from '../photo_file/limits.js';
import { readPng } from '../photo_file/png.js';
import { readWebp } from '../photo_file/webp.js';

export {
  MAX_FILE_BYTES,
  MAX_IMAGE_PIXELS,
  requireFileSize,
  requireImageSize,
} from '../photo_file/limits.js';
export { damaged, transparent } from '../photo_file/refusals.js';
export type { ColourConversion, Format, Frame };

/** What is known of an image file before it is decoded. */
export interface ImageFile extends ImageParts {
  readonly format: Format;
  /** Of AVIF and HEIC. */
  readonly heif?: HeifHeader;
}

/**
 * Looks at an image file without decoding it, and makes of it what any decoder understands alike.
 * Browsers and sharp differ in what they refuse, in whether they turn a photo as its EXIF says, in
 * colours, and in what they show of a truncated file. Throws 'unreadable-image' or 'image-too-large'.
 */
export async function inspectImageFile(bytes: Uint8Array<ArrayBuffer>): Promise<ImageFile> {
  requireFileSize(bytes.length);
  const file = new Reader(bytes);
  const format = formatOf(file);
  if (format === 'JPEG') return { format, ...readJpeg(file) };
  if (format === 'PNG') return { format, ...(await readPng(file)) };
  if (format === 'WebP') return { format, ...readWebp(file) };
  const heif = readHeif(file, format);
  return { format, heif, width: heif.width, height: heif.height, orientation: 1, plain: bytes };
}
