import type { EnrolledFace } from 'visavis';
import { drawPixels } from '../shared/pixels_view';
import type { PhotoFacts, ReadyEntry } from './report_record';

/** Longer side of a photo in a report, in pixels: 46 mm of paper at 400 dots an inch. */
const LONGER_SIDE = 720;
const JPEG_QUALITY = 0.85;

const known = new WeakMap<EnrolledFace, Promise<PhotoFacts>>();

/** Reads each photo once. What cannot be had, of a file that was moved since it was chosen say, is null. */
export function factsOf(entry: ReadyEntry): Promise<PhotoFacts> {
  const facts = known.get(entry.enrolled) ?? gather(entry);
  known.set(entry.enrolled, facts);
  return facts;
}

async function gather({ file, enrolled }: ReadyEntry): Promise<PhotoFacts> {
  await idle();
  const making = [sha256Of(file), shrunkPhoto(file, enrolled)];
  const [sha256, picture] = await Promise.all(making.map(orNull));
  return { sha256: sha256 ?? null, picture: picture ?? null, alignedFace: pngOf(enrolled.crop) };
}

/** The outcome should be on the screen by then. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) {
      requestIdleCallback(() => resolve(), { timeout: 1000 });
    } else {
      setTimeout(resolve, 100);
    }
  });
}

function orNull<Value>(value: Promise<Value>): Promise<Value | null> {
  return value.catch(() => null);
}

/** Browsers hash in pages of https and of this device alone. */
async function sha256Of(file: File): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The upright photo as the page shows it, as a data: URI. Decoded and made small outside the page's thread. */
async function shrunkPhoto(file: File, { width, height }: EnrolledFace): Promise<string> {
  const scale = Math.min(1, LONGER_SIDE / Math.max(width, height));
  const small = (side: number) => Math.max(1, Math.round(side * scale));
  const bitmap = await createImageBitmap(file, {
    resizeWidth: small(width),
    resizeHeight: small(height),
    resizeQuality: 'high',
  });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser gave no canvas.');
  // Transparency is laid over white, as the package does.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.toDataURL('image/jpeg', JPEG_QUALITY);
}

function pngOf(crop: EnrolledFace['crop']): string {
  const canvas = document.createElement('canvas');
  drawPixels(canvas, crop);
  return canvas.toDataURL();
}
