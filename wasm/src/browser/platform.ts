import { VisavisError } from '../shared/errors.js';
import { fetchStream } from '../page/fetch_stream.js';
import { requireFileSize } from '../worker/image_file.js';
import type { Platform, PreparedPhoto, WorkerHandle } from '../page/platform.js';
import type { Response, SentFrame } from '../shared/protocol.js';
import { rowsOfPixels } from '../shared/rows.js';
import { requireSimd, unsupported } from '../shared/support.js';
import type { Frame, Photo, Pixels } from '../shared/types.js';
import { framesOfVideo, videoFrameOf } from './video_frames.js';

/** SIMD: Chrome 91, Firefox 89, Safari 16.4; module workers: Firefox 114; OffscreenCanvas: Safari 16.4. */
const ADVICE = 'use Chrome or Edge 91, Firefox 114, Safari 16.4 (without Lockdown Mode), or newer';

export const platform: Platform = {
  requireSupport() {
    requireSimd(ADVICE);
    for (const name of ['Worker', 'OffscreenCanvas', 'createImageBitmap']) {
      if (!(name in globalThis)) throw unsupported(name, ADVICE);
    }
  },

  startWorker,
  preparePhoto,
  prepareFrame,
  framesOfVideo: (video, view) => framesOfVideo(requireVideo(video), view),
  read: (source, signal) => fetchStream(source, signal),
  sha256,
};

/** Browsers hash in pages of https and of this machine alone. */
async function sha256(bytes: Uint8Array): Promise<string | null> {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle === undefined) return null;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function startWorker(): WorkerHandle {
  // Written so that bundlers find it; a file of its own, since the page's policy forbids blob: URLs.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    listen({ response, failure }) {
      worker.onmessage = (event: MessageEvent<Response>) => response(event.data);
      worker.onerror = (event) => failure(workerFailed(event.message));
      worker.onmessageerror = () => failure(workerFailed('a message could not be read'));
    },
    keepAlive: () => undefined,
    end: () => worker.terminate(),
  };
}

function workerFailed(why: string | undefined): VisavisError {
  return new VisavisError(
    'unsupported',
    `The worker failed (${why || 'its file did not load'}): check that the page's ` +
      `Content-Security-Policy has worker-src 'self' and script-src 'wasm-unsafe-eval', and ${ADVICE}.`,
  );
}

/** Decoding is left to the worker; only what lives in the document is turned into a bitmap here. */
async function preparePhoto(photo: Photo): Promise<PreparedPhoto> {
  if (photo instanceof Blob) {
    requireFileSize(photo.size);
    return { photo, transfer: [] };
  }
  if (photo instanceof ArrayBuffer || photo instanceof Uint8Array) {
    requireFileSize(photo.byteLength);
    return { photo: new Blob([photo as BlobPart]), transfer: [] };
  }
  if (photo instanceof ImageBitmap) return { photo, transfer: [] };
  if (isElement(photo)) {
    const bitmap = await snapshot(photo);
    return { photo: bitmap, transfer: [bitmap] };
  }
  if (typeof photo === 'object' && photo !== null && 'data' in photo) {
    const { width, height, data }: Pixels = photo;
    rowsOfPixels(photo);
    return { photo: { width, height, data }, transfer: [] };
  }
  throw new VisavisError(
    'invalid-argument',
    'The photo is none: give a File, Blob, ImageBitmap, ImageData, or an <img>, <canvas> or <video>.',
  );
}

/** What the browser holds as a video's frame goes over without a copy; a clone, since the caller closes theirs. */
async function prepareFrame(frame: Frame): Promise<PreparedPhoto<SentFrame>> {
  if (!isVideoFrame(frame)) {
    // A bitmap of a playing video takes three times as long.
    const taken = isVideo(frame) ? videoFrameOf(frame) : undefined;
    return taken === undefined ? preparePhoto(frame) : { photo: taken, transfer: [taken] };
  }
  try {
    const clone = frame.clone();
    return { photo: clone, transfer: [clone] };
  } catch {
    throw new VisavisError(
      'invalid-argument',
      'The VideoFrame was closed: close it when track() has answered.',
    );
  }
}

function isVideoFrame(frame: unknown): frame is VideoFrame {
  return typeof VideoFrame === 'function' && frame instanceof VideoFrame;
}

function isVideo(video: unknown): video is HTMLVideoElement {
  return typeof HTMLVideoElement === 'function' && video instanceof HTMLVideoElement;
}

function requireVideo(video: unknown): HTMLVideoElement {
  if (isVideo(video)) return video;
  throw new VisavisError(
    'invalid-argument',
    'guide() takes a <video> that plays a camera, or a function that gives a frame.',
  );
}

type Element = HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | HTMLVideoElement;

function isElement(photo: unknown): photo is Element {
  // By name, since a worker has OffscreenCanvas alone.
  return ['HTMLImageElement', 'HTMLCanvasElement', 'OffscreenCanvas', 'HTMLVideoElement'].some(
    (name) => {
      const Type = (globalThis as Record<string, unknown>)[name];
      return typeof Type === 'function' && photo instanceof Type;
    },
  );
}

async function snapshot(element: Element): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(element);
  } catch (error) {
    throw new VisavisError(
      'unreadable-image',
      `The element shows no picture yet, or one of another origin (${String(error)}): wait until it has loaded.`,
    );
  }
}
