import type { RowSource, StoredRows } from '../shared/rows.js';

/** Smaller photos are drawn: that takes no longer. */
const MIN_PIXELS = 1 << 18;

/** Rows of a bitmap that must be closed. */
export interface ClosableRows extends StoredRows {
  close(): void;
}

/**
 * Reads a bitmap's own memory by WebCodecs. A canvas gives the same pixels but takes many times as
 * long: it draws, and makes room for each strip anew. undefined for a photo that is small or not
 * opaque, and wherever what is read is not exactly what `drawn` draws: browsers differ in the
 * colours and the rounding of a VideoFrame.
 */
export async function storedRowsOf(
  bitmap: ImageBitmap,
  orientation: number,
  drawn: RowSource,
): Promise<ClosableRows | undefined> {
  const { width, height } = bitmap;
  if (width * height < MIN_PIXELS || typeof VideoFrame === 'undefined') return undefined;
  let frame: VideoFrame | undefined;
  try {
    frame = new VideoFrame(bitmap, { timestamp: 0 });
    const rows = rowsOfFrame(frame, orientation);
    if (rows?.width === width && rows.height === height && (await agree(rows, drawn))) return rows;
  } catch {
    // This browser cannot: the canvas can.
  }
  frame?.close();
  return undefined;
}

/** undefined for a frame of other samples than RGB. Closing the rows closes the frame. */
export function rowsOfFrame(frame: VideoFrame, orientation: number): ClosableRows | undefined {
  const { format, codedWidth: width, codedHeight: height } = frame;
  if (format !== 'RGBX' && format !== 'BGRX') return undefined;
  let strip = new Uint8Array(0);
  return {
    width,
    height,
    orientation,
    isBlueFirst: format === 'BGRX',
    async read(first, count) {
      const length = count * width * 4;
      if (strip.length < length) strip = new Uint8Array(length);
      const rect = { x: 0, y: first, width, height: count };
      await frame.copyTo(strip, { rect, layout: [{ offset: 0, stride: width * 4 }] });
      return strip.subarray(0, length);
    },
    close: () => frame.close(),
  };
}

/** Whether both show the same in a stored row of the photo's middle. */
async function agree(stored: ClosableRows, drawn: RowSource): Promise<boolean> {
  const { width, height, orientation, isBlueFirst } = stored;
  const y = height >> 1;
  const pixels = await stored.read(y, 1);
  // Upright, a row of a photo on its side is a column, which costs a strip for each pixel: three do.
  const isOnItsSide = orientation >= 5;
  const step = isOnItsSide ? Math.max(1, width >> 2) : 1;
  const [red, blue] = isBlueFirst ? [2, 0] : [0, 2];
  let row = -1;
  let rgba: Uint8Array | Uint8ClampedArray = pixels;
  for (let x = 0; x < width; x += step) {
    const at = uprightOf(x, y, stored);
    if (at.y !== row) rgba = drawn.rows((row = at.y), 1);
    const [a, b] = [4 * x, 4 * at.x];
    const isSame =
      pixels[a + red] === rgba[b] &&
      pixels[a + 1] === rgba[b + 1] &&
      pixels[a + blue] === rgba[b + 2];
    if (!isSame) return false;
  }
  return true;
}

/** Where a stored pixel lies in the upright photo (EXIF 2.3). */
function uprightOf(
  x: number,
  y: number,
  { width, height, orientation }: StoredRows,
): { x: number; y: number } {
  const [left, up] = [width - 1 - x, height - 1 - y];
  switch (orientation) {
    case 2:
      return { x: left, y };
    case 3:
      return { x: left, y: up };
    case 4:
      return { x, y: up };
    case 5:
      return { x: y, y: x };
    case 6:
      return { x: up, y: x };
    case 7:
      return { x: up, y: left };
    case 8:
      return { x: y, y: left };
    default:
      return { x, y };
  }
}
