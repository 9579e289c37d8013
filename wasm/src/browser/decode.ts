import { VisavisError } from '../shared/errors.js';
import {
  damaged,
  type ImageFile,
  inspectImageFile,
  requireFileSize,
  requireImageSize,
} from '../worker/image_file.js';
import type { SentPhoto } from '../shared/protocol.js';
import { type RowSource, rowsOfPixels } from '../shared/rows.js';
import { reducedFrame } from './reduced_frame.js';
import { rowsOfFrame, storedRowsOf } from './stored_rows.js';

/** Decodes by the browser. Throws 'unreadable-image' or 'image-too-large'. */
export async function openPhoto(photo: SentPhoto): Promise<RowSource> {
  if (photo instanceof ImageBitmap) return openBitmap(photo, AS_IT_IS);
  if (photo instanceof Blob) return openFile(photo);
  return rowsOfPixels(photo);
}

type Placing = Pick<ImageFile, 'orientation' | 'frame' | 'colours'>;

const AS_IT_IS: Placing = { orientation: 1 };

async function openFile(blob: Blob): Promise<RowSource> {
  const file = await inspected(blob);
  return openBitmap(await whole(blob, file, decode(file)), file);
}

/** Files that lack no pixels: one that is decoded more than once is looked at once. */
const complete = new WeakMap<Blob, ImageFile>();

async function inspected(blob: Blob): Promise<ImageFile> {
  requireFileSize(blob.size);
  return complete.get(blob) ?? inspectImageFile(await contents(blob));
}

/** What is being decoded; throws where the file lacks pixels, which a decoder may not tell. */
async function whole<Decoded extends ImageBitmap | VideoFrame | undefined>(
  blob: Blob,
  file: ImageFile,
  decoding: Promise<Decoded>,
): Promise<Decoded> {
  try {
    // The browser decodes meanwhile, in a thread of its own.
    if (!complete.has(blob)) file.requireAllPixels?.();
    complete.set(blob, file);
  } catch (error) {
    decoding.then((decoded) => decoded?.close()).catch(() => undefined);
    throw error;
  }
  return decoding;
}

async function openBitmap(bitmap: ImageBitmap, placing: Placing): Promise<RowSource> {
  const drawn = rowsOfBitmap(bitmap, placing);
  const { orientation, frame, colours } = placing;
  if (frame !== undefined || colours !== undefined) return drawn;
  const stored = await storedRowsOf(bitmap, orientation, drawn);
  if (stored === undefined) return drawn;
  return {
    ...drawn,
    stored,
    close() {
      stored.close();
      drawn.close();
    },
  };
}

async function decode({ format, plain }: ImageFile): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(new Blob([plain]));
  } catch {
    if (format !== 'AVIF' && format !== 'HEIC')
      throw damaged(format, 'this browser cannot decode it');
    throw new VisavisError(
      'unreadable-image',
      `This browser cannot open ${format === 'HEIC' ? 'HEIC photos, as iPhones save them' : 'AVIF photos'}` +
        ', or the file is damaged; open it in a photo app and save or share it as JPEG.',
    );
  }
}

async function contents(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new VisavisError(
      'unreadable-image',
      'The file cannot be read: it is a folder, or was moved or changed since it was chosen.',
    );
  }
}

/**
 * The photo scaled down while it is decoded, to this share of its sides or more, which takes a fraction
 * of the time; undefined where the browser cannot, or little would be gained. Throws as openPhoto.
 */
export async function openReduced(photo: SentPhoto, share: number): Promise<RowSource | undefined> {
  if (!(photo instanceof Blob)) return undefined;
  const file = await inspected(photo);
  requireImageSize(file.width, file.height);
  const decoding = reducedFrame(file, share);
  const frame = decoding && (await whole(photo, file, decoding));
  return frame && reducedRows(frame, file);
}

function reducedRows(frame: VideoFrame, file: ImageFile): RowSource {
  const { orientation } = file;
  const drawn = rowsOfBitmap(frame, { orientation });
  const [width, height] = orientation >= 5 ? [file.height, file.width] : [file.width, file.height];
  const stored = isSrgb(frame) ? rowsOfFrame(frame, orientation) : undefined;
  const reduced = { ...drawn, scaledFrom: { width, height } };
  return stored === undefined ? reduced : { ...reduced, stored };
}

/** Others are left to the canvas, which converts them. */
function isSrgb({ colorSpace }: VideoFrame): boolean {
  return colorSpace.primaries === 'bt709' && colorSpace.transfer === 'iec61966-2-1';
}

/** Draws strip by strip, upright: a canvas of the whole photo is more than some phones allow. */
function rowsOfBitmap(
  bitmap: ImageBitmap | VideoFrame,
  { orientation, frame, colours }: Placing,
): RowSource {
  const stored = frame ?? sizeOf(bitmap);
  requireImageSize(stored.width, stored.height);
  const [width, height] =
    orientation >= 5 ? [stored.height, stored.width] : [stored.width, stored.height];
  const turn = turnOf(orientation, stored.width, stored.height);
  let canvas = new OffscreenCanvas(1, 1);
  let context = contextOf(canvas);
  return {
    width,
    height,
    rows(first, count) {
      if (canvas.width !== width || canvas.height < count) {
        canvas = new OffscreenCanvas(width, count);
        context = contextOf(canvas);
      }
      context.resetTransform();
      context.clearRect(0, 0, width, canvas.height);
      context.translate(0, -first);
      context.transform(...turn);
      context.drawImage(bitmap, frame?.left ?? 0, frame?.top ?? 0);
      const { data } = context.getImageData(0, 0, width, count, { colorSpace: 'srgb' });
      colours?.apply(data);
      return data;
    },
    close: () => bitmap.close(),
  };
}

function sizeOf(bitmap: ImageBitmap | VideoFrame): { width: number; height: number } {
  if (bitmap instanceof ImageBitmap) return bitmap;
  return { width: bitmap.displayWidth, height: bitmap.displayHeight };
}

type Transform = [a: number, b: number, c: number, d: number, e: number, f: number];

/** From stored to upright (EXIF 2.3): x to a x + c y + e, y to b x + d y + f. */
function turnOf(orientation: number, width: number, height: number): Transform {
  const turns: Record<number, Transform> = {
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, height, 0],
    7: [0, -1, -1, 0, height, width],
    8: [0, -1, 1, 0, 0, width],
  };
  return turns[orientation] ?? [1, 0, 0, 1, 0, 0];
}

export function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  // willReadFrequently keeps the canvas in main memory: reading back from a GPU is slow.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) {
    throw new VisavisError('out-of-memory', 'The browser gave no canvas: close other pages.');
  }
  return context;
}
