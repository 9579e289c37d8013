import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

import { VisavisError } from '../shared/errors.js';
import { fetchStream } from '../page/fetch_stream.js';
import { requireFileSize } from '../worker/image_file.js';
import type { ByteStream, Platform, PreparedPhoto, WorkerHandle } from '../page/platform.js';
import type { Request, Response } from '../shared/protocol.js';
import { rowsOfPixels } from '../shared/rows.js';
import { requireSimd } from '../shared/support.js';
import type { Photo } from '../shared/types.js';
import { decodeFile, readPhotoFile } from './decode.js';

export const platform: Platform = {
  requireSupport: () => requireSimd('use node 18 or newer'),
  startWorker,
  preparePhoto,
  prepareFrame: (frame) => preparePhoto(frame as Photo), // One that is none is refused there.
  framesOfVideo() {
    throw new VisavisError(
      'invalid-argument',
      'guide() takes a function that gives a frame: node has no <video>.',
    );
  },
  read: (source, signal) =>
    /^https?:/.test(String(source)) ? fetchStream(source, signal) : fileStream(source),
  sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
};

function startWorker(): WorkerHandle {
  // Flags of the main program, --input-type say, may not fit a worker's file: pass none on.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { execArgv: [] });
  worker.unref();
  return {
    post: (request: Request, transfer) => worker.postMessage(request, transfer as ArrayBuffer[]),
    listen({ response, failure }) {
      worker.on('message', (message: Response) => response(message));
      worker.on('error', (error) => failure(workerFailed(String(error))));
      worker.on('exit', (code) => failure(workerFailed(`it ended with code ${code}`)));
      worker.unref(); // Listening to messages had referred to it again.
    },
    keepAlive: (busy) => (busy ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}

function workerFailed(why: string): VisavisError {
  return new VisavisError('internal', `The worker failed (${why}): call Visavis.load() again.`);
}

async function preparePhoto(photo: Photo): Promise<PreparedPhoto> {
  const file = await fileBytes(photo);
  if (file !== undefined) {
    const pixels = await decodeFile(file);
    return { photo: pixels, transfer: [pixels.data.buffer as ArrayBuffer] };
  }
  if (typeof photo === 'object' && photo !== null && 'data' in photo) {
    const { width, height, data } = photo;
    rowsOfPixels(photo);
    return { photo: { width, height, data }, transfer: [] };
  }
  throw new VisavisError(
    'invalid-argument',
    'The photo is none: give a path, the bytes of an image file, a Blob, or { width, height, data }.',
  );
}

/** The contents of what stands for an image file; undefined for pixels. */
async function fileBytes(photo: Photo): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof photo === 'string' || photo instanceof URL) return readPhotoFile(photo);
  if (photo instanceof Uint8Array) return photo as Uint8Array<ArrayBuffer>;
  if (photo instanceof ArrayBuffer) return new Uint8Array(photo);
  if (photo instanceof Blob) {
    requireFileSize(photo.size);
    return new Uint8Array(await photo.arrayBuffer());
  }
  return undefined;
}

async function fileStream(source: string | URL): Promise<ByteStream> {
  const path = typeof source === 'string' && source.startsWith('file:') ? new URL(source) : source;
  try {
    const { size } = await stat(path);
    return { length: size, chunks: createReadStream(path) as AsyncIterable<Uint8Array> };
  } catch (error) {
    throw new VisavisError('io', `${String(path)} cannot be read: ${(error as Error).message}.`);
  }
}
