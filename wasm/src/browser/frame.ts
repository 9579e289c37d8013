import type { SentFrame } from '../shared/protocol.js';
import { requireImageSize } from '../worker/image_file.js';
import type { RowSource } from '../shared/rows.js';
import { contextOf, openPhoto } from './decode.js';

/** Longer side of what is read back from a canvas: reading costs more than looking, and faces before a camera are large. */
const FRAME_SIDE = 640;
/** Longer side of what is copied as it is, which costs a third of that. */
const MAX_COPIED_SIDE = 1280;

/** Kept from frame to frame: to make a canvas takes longer than to draw on it. */
let context: OffscreenCanvasRenderingContext2D | undefined;

/** Kept likewise. */
let copied = new Uint8Array(0);

/** As openPhoto; large frames and bitmaps are scaled down. What is read stays valid until the next one is opened. */
export async function openFrame(frame: SentFrame): Promise<RowSource> {
  if (frame instanceof ImageBitmap) return drawn(frame, frame);
  if (typeof VideoFrame === 'function' && frame instanceof VideoFrame) {
    return (
      (await copiedRows(frame)) ??
      drawn(frame, { width: frame.displayWidth, height: frame.displayHeight })
    );
  }
  return openPhoto(frame as Exclude<SentFrame, VideoFrame>);
}

/**
 * The frame's pixels by WebCodecs, without a canvas; undefined for large frames, for those to be turned
 * or stretched, and where the browser does not convert to RGB. Closes the frame where it gives rows.
 */
async function copiedRows(frame: VideoFrame): Promise<RowSource | undefined> {
  const { displayWidth: width, displayHeight: height, visibleRect } = frame;
  const isAsShown = visibleRect?.width === width && visibleRect.height === height;
  // Not in TypeScript's types yet.
  const { rotation = 0, flip = false } = frame as { rotation?: number; flip?: boolean };
  if (!isAsShown || rotation !== 0 || flip || Math.max(width, height) > MAX_COPIED_SIDE)
    return undefined;
  const length = width * height * 4;
  if (copied.length !== length) copied = new Uint8Array(length);
  try {
    const [layout] = await frame.copyTo(copied, { format: 'RGBX' });
    if (layout?.offset !== 0 || layout.stride !== width * 4) return undefined;
  } catch {
    return undefined; // Chromium converts since version 127.
  }
  frame.close();
  const rows = (first: number, count: number): Uint8Array =>
    copied.subarray(first * width * 4, (first + count) * width * 4);
  const read = (first: number, count: number): Promise<Uint8Array> =>
    Promise.resolve(rows(first, count));
  const stored = { width, height, orientation: 1, isBlueFirst: false, read };
  return { width, height, rows, stored, close: () => undefined };
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
