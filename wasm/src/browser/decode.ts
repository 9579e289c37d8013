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
import { storedRowsOf } from './stored_rows.js';

/** Decodes by the browser. Throws 'unreadable-image' or 'image-too-large'. */
export async function openPhoto(photo: SentPhoto): Promise<RowSource> {
  if (photo instanceof ImageBitmap) return openBitmap(photo, AS_IT_IS);
  if (photo instanceof Blob) return openFile(photo);
  return rowsOfPixels(photo);
}

type Placing = Pick<ImageFile, 'orientation' | 'frame' | 'colours'>;

const AS_IT_IS: Placing = { orientation: 1 };

async function openFile(blob: Blob): Promise<RowSource> {
  requireFileSize(blob.size);
  const file = await inspectImageFile(await contents(blob));
  const decoding = decode(file);
  try {
    file.requireAllPixels?.(); // The browser decodes meanwhile, in a thread of its own.
  } catch (error) {
    decoding.then((bitmap) => bitmap.close()).catch(() => undefined);
    throw error;
  }
  return openBitmap(await decoding, file);
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

/** Draws strip by strip, upright: a canvas of the whole photo is more than some phones allow. */
function rowsOfBitmap(bitmap: ImageBitmap, { orientation, frame, colours }: Placing): RowSource {
  const stored = frame ?? bitmap;
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
