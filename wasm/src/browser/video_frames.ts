import { invalid } from '../shared/arguments.js';
import { orCancelled, throwIfCancelled } from '../shared/cancel.js';
import { VisavisError } from '../shared/errors.js';
import type { Box } from '../shared/types.js';
import type { FrameSource, GrabbedFrame } from '../page/guide.js';

/** Milliseconds without a new frame, while the page is seen, until the camera counts as failed. */
const NO_FRAME = 5000;
const LOOK_AGAIN = 20;

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The frames of a playing <video>, cut to the part that `view` gives in shares of its size. */
export function framesOfVideo(
  video: HTMLVideoElement,
  view: (() => Box) | undefined,
): FrameSource<ImageBitmap> {
  let last = -1;
  return {
    async next(signal) {
      await orCancelled(newFrame(video, last, signal), signal);
      last = video.currentTime;
      return grab(video, rectOf(video, view?.()));
    },
  };
}

async function newFrame(
  video: HTMLVideoElement,
  last: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let since = performance.now();
  while (!hasPicture(video) || video.currentTime === last) {
    throwIfCancelled(signal);
    if (document.hidden) since = performance.now(); // Browsers stop the pictures of pages behind others.
    if (performance.now() - since > NO_FRAME) {
      throw new VisavisError(
        'unreadable-image',
        `The video gave no frame for ${NO_FRAME / 1000} seconds: is it playing, and is its camera on?`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

function hasPicture(video: HTMLVideoElement): boolean {
  return video.readyState >= video.HAVE_CURRENT_DATA && video.videoWidth > 0;
}

function rectOf({ videoWidth, videoHeight }: HTMLVideoElement, view: Box | undefined): Rect {
  if (view === undefined) return { x: 0, y: 0, width: videoWidth, height: videoHeight };
  const { left, top, width, height } = view;
  const isInside =
    [left, top, width, height].every((share) => share >= 0 && share <= 1) &&
    width > 0 &&
    height > 0 &&
    left + width < 1.001 &&
    top + height < 1.001;
  if (!isInside) throw invalid('view must give a box inside the video, in shares of 0 to 1.');
  // Even numbers: the colours of a camera's frame are half as fine.
  const even = (value: number): number => 2 * Math.floor(value / 2);
  const [x, y] = [even(left * videoWidth), even(top * videoHeight)];
  return {
    x,
    y,
    width: Math.max(2, even(Math.min(width * videoWidth, videoWidth - x))),
    height: Math.max(2, even(Math.min(height * videoHeight, videoHeight - y))),
  };
}

/** A VideoFrame costs no copy until it is kept; where there is none, or it is not what is shown, a bitmap. */
async function grab(video: HTMLVideoElement, rect: Rect): Promise<GrabbedFrame<ImageBitmap>> {
  const frame = cutFrameOf(video, rect);
  if (frame === undefined) return bitmapOf(video, rect);
  return {
    frame,
    async keep() {
      const picture = await createImageBitmap(frame);
      return { picture, discard: () => picture.close() };
    },
    close: () => frame.close(),
  };
}

/** What the browser holds as the video's picture; undefined where it gives none. */
export function videoFrameOf(video: HTMLVideoElement): VideoFrame | undefined {
  try {
    return typeof VideoFrame === 'function' ? new VideoFrame(video) : undefined;
  } catch {
    return undefined; // It shows no picture yet, or one of another origin.
  }
}

function cutFrameOf(video: HTMLVideoElement, rect: Rect): VideoFrame | undefined {
  const whole = videoFrameOf(video);
  if (whole === undefined) return undefined;
  try {
    // One that a phone turns for showing has other sides: what is cut from it would be another part.
    const isAsShown =
      whole.displayWidth === video.videoWidth &&
      whole.displayHeight === video.videoHeight &&
      whole.visibleRect?.width === video.videoWidth &&
      whole.visibleRect.height === video.videoHeight;
    if (!isAsShown) return undefined;
    const { x, y } = whole.visibleRect as DOMRectReadOnly;
    return new VideoFrame(whole, {
      visibleRect: { ...rect, x: x + rect.x, y: y + rect.y },
      displayWidth: rect.width,
      displayHeight: rect.height,
    });
  } catch {
    return undefined;
  } finally {
    whole.close();
  }
}

async function bitmapOf(video: HTMLVideoElement, rect: Rect): Promise<GrabbedFrame<ImageBitmap>> {
  const { x, y, width, height } = rect;
  const picture = await createImageBitmap(video, x, y, width, height);
  let isKept = false;
  return {
    frame: picture,
    async keep() {
      isKept = true;
      return { picture, discard: () => picture.close() };
    },
    close: () => {
      if (!isKept) picture.close();
    },
  };
}
