import type { Reader } from './bytes.js';
import { unreadable } from './refusals.js';

export type Format = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'HEIC';

/** Formats told by their first bytes that are not read, as in native/images/image_file.cpp: offset, magic, name. */
const FOREIGN: readonly (readonly [number, string, string])[] = [
  [0, 'GIF8', 'a GIF image'],
  [0, '%PDF', 'a PDF document'],
  [0, 'II*\0', 'a TIFF image or a raw photo'],
  [0, 'MM\0*', 'a TIFF image or a raw photo'],
  [0, 'BM', 'a BMP image'],
  [0, '\0\0\x01\0', 'an icon'],
  [0, '8BPS', 'a Photoshop document'],
  [0, '\xff\x0a', 'a JPEG XL image'],
  [4, 'JXL \r\n', 'a JPEG XL image'],
  [4, 'jP  \r\n', 'a JPEG 2000 image'],
  [0, '\xff\x4f\xff\x51', 'a JPEG 2000 image'],
  [4, 'ftypcrx', 'a raw photo'],
  [0, 'FUJIFILMCCD-RAW', 'a raw photo'],
  [4, 'ftyp', 'a video'],
  [0, '\x1a\x45\xdf\xa3', 'a video'],
  [0, '<svg', 'an SVG drawing'],
  [0, '<?xml', 'an SVG drawing or other XML'],
  [0, 'VISAVIS\0', 'a visavis model'],
  [0, 'PK\x03\x04', 'a zip archive'],
];

/** Major brands (ISO 14496-12) of AVIF and HEIC, single images and sequences with a first one. */
const HEIF_BRANDS = 'avif avis heic heix heim heis hevc hevx hevm hevs mif1 msf1'.split(' ');

/** By the first bytes. Throws 'unreadable-image', naming the format, for one that is not read. */
export function formatOf(file: Reader): Format {
  if (file.text(0, 2) === '\xff\xd8') return 'JPEG'; // Stray bytes may follow.
  if (file.text(0, 8) === '\x89PNG\r\n\x1a\n') return 'PNG';
  if (file.text(0, 4) === 'RIFF' && file.text(8, 4) === 'WEBP') return 'WebP';
  if (file.text(4, 4) === 'ftyp' && HEIF_BRANDS.includes(file.text(8, 4))) {
    return file.text(8, 1) === 'a' ? 'AVIF' : 'HEIC';
  }
  const foreign = FOREIGN.find(([at, magic]) => file.text(at, magic.length) === magic);
  throw unreadable(
    foreign === undefined
      ? 'The file is no image that is read; give a JPEG, PNG, WebP, AVIF or HEIC photo.'
      : `The file is ${foreign[2]}; save it as JPEG or PNG.`,
  );
}
