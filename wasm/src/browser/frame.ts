import type { SentFrame } from '../shared/protocol.js';
import { requireImageSize } from '../worker/image_file.js';
import type { RowSource } from '../shared/rows.js';
import { contextOf, openPhoto } from './decode.js';

/** Longer side of what is read back of a frame: reading costs more than looking, and faces before a camera are large. */
const FRAME_SIDE = 640;

/** Kept from frame to frame: to make a canvas takes longer than to draw on it. */
let context: OffscreenCanvasRenderingContext2D | undefined;

/** As openPhoto; frames and bitmaps are scaled down, and stay valid until the next one is opened. */
export async function openFrame(frame: SentFrame): Promise<RowSource> {
  if (frame instanceof ImageBitmap) return drawn(frame, frame);
  if (typeof VideoFrame === 'function' && frame instanceof VideoFrame) {
    return drawn(frame, { width: frame.displayWidth, height: frame.displayHeight });
  }
  return openPhoto(frame as Exclude<SentFrame, VideoFrame>);
}

type Size = NonNullable<RowSource['scaledFrom']>;

/** Closes the frame: a camera waits for its frames to come back. */
function drawn(frame: ImageBitmap | VideoFrame, size: Size): RowSource {
  try {
    return scaledRows(frame, size);
  } finally {
    frame.close();
  }
}

function scaledRows(frame: ImageBitmap | VideoFrame, size: Size): RowSource {
  requireImageSize(size.width, size.height);
  const scale = Math.min(1, FRAME_SIDE / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const canvas = canvasOf(width, height);
  canvas.clearRect(0, 0, width, height);
  canvas.drawImage(frame, 0, 0, width, height);
  return {
    width,
    height,
    scaledFrom: { width: size.width, height: size.height },
    rows: (first, count) =>
      canvas.getImageData(0, first, width, count, { colorSpace: 'srgb' }).data,
    close: () => undefined,
  };
}

function canvasOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  if (context === undefined || context.canvas.width !== width || context.canvas.height !== height) {
    context = contextOf(new OffscreenCanvas(width, height));
    context.imageSmoothingQuality = 'medium'; // Of large frames the lowest leaves pixels out.
  }
  return context;
}
