import { VisavisError } from '../errors.js';
import { inspectImageFile, requireFileSize, requireImageSize } from '../image_file.js';
import type { SentPhoto } from '../protocol.js';
import { type RowSource, rowsOfPixels } from '../rows.js';

/** Decodes by the browser. Throws 'unreadable-image' or 'image-too-large'. */
export async function openPhoto(photo: SentPhoto): Promise<RowSource> {
  if (photo instanceof ImageBitmap) return rowsOfBitmap(photo);
  if (photo instanceof Blob) return rowsOfBitmap(await decode(photo));
  return rowsOfPixels(photo);
}

async function decode(file: Blob): Promise<ImageBitmap> {
  requireFileSize(file.size);
  const { format } = inspectImageFile(await contents(file));
  try {
    // EXIF orientation is honoured without being asked for. Asking, by imageOrientation:
    // 'from-image', is a TypeError in browsers that know the option under its older names.
    return await createImageBitmap(file);
  } catch {
    throw new VisavisError(
      'unreadable-image',
      `This browser cannot decode the ${format} file: it is damaged, or save it as JPEG or PNG.`,
    );
  }
}

async function contents(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new VisavisError(
      'unreadable-image',
      'The file cannot be read: it is a folder, or was moved or changed since it was chosen.',
    );
  }
}

/** Draws strip by strip: a canvas of the whole photo is more than some phones allow. */
function rowsOfBitmap(bitmap: ImageBitmap): RowSource {
  const { width, height } = bitmap;
  requireImageSize(width, height);
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
      context.clearRect(0, 0, width, canvas.height);
      context.drawImage(bitmap, 0, -first);
      return context.getImageData(0, 0, width, count, { colorSpace: 'srgb' }).data;
    },
    close: () => bitmap.close(),
  };
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  // willReadFrequently keeps the canvas in main memory: reading back from a GPU is slow.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) {
    throw new VisavisError('out-of-memory', 'The browser gave no canvas: close other pages.');
  }
  return context;
}
