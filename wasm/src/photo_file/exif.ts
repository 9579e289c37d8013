import { Reader } from './bytes.js';

const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * EXIF orientation (EXIF 2.3): how the stored rows and columns lie in the upright picture. 1 is
 * upright, and the answer for a block without it or one that makes no sense. `block` may have its
 * leading "Exif\0\0" or not.
 */
export function exifOrientation(block: Uint8Array): number {
  const whole = new Reader(block);
  const tiff = whole.text(0, 6) === 'Exif\0\0' ? new Reader(block.subarray(6)) : whole;
  const order = tiff.text(0, 2);
  if (order !== 'II' && order !== 'MM') return 1;
  const u16 = (at: number): number => (order === 'II' ? tiff.u16le(at) : tiff.u16(at));
  const u32 = (at: number): number => (order === 'II' ? tiff.u32le(at) : tiff.u32(at));
  const directory = u32(4);
  const entries = u16(directory);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > tiff.length) return 1;
    if (u16(at) !== ORIENTATION) continue;
    const value = u16(at + 8);
    return u16(at + 2) === SHORT && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
