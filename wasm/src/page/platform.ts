import type { VisavisError } from '../shared/errors.js';
import type { Request, Response, SentFrame, SentPhoto } from '../shared/protocol.js';
import type { Box, Frame, Photo } from '../shared/types.js';
import type { FrameSource } from './guide.js';

export interface WorkerListeners {
  response(response: Response): void;
  /** The worker could not start or died. */
  failure(error: VisavisError): void;
}

export interface WorkerHandle {
  post(request: Request, transfer: Transferable[]): void;
  listen(listeners: WorkerListeners): void;
  /** Whether work is pending: in node an idle worker must not keep the process alive. */
  keepAlive(busy: boolean): void;
  end(): void;
}

/** A photo made ready for the worker. */
export interface PreparedPhoto<Sent = SentPhoto> {
  readonly photo: Sent;
  /** Of the photo's parts, those that are ours to give away. */
  readonly transfer: Transferable[];
}

/** What differs between browser and node. */
export interface Platform {
  /** Throws VisavisError 'unsupported', saying what is needed. */
  requireSupport(): void;
  startWorker(): WorkerHandle;
  /** Throws VisavisError. */
  preparePhoto(photo: Photo): Promise<PreparedPhoto>;
  /** As preparePhoto, of a frame of a live view. */
  prepareFrame(frame: Frame): Promise<PreparedPhoto<SentFrame>>;
  /** The frames of what should be a <video>; throws VisavisError 'invalid-argument' where it is none. */
  framesOfVideo(video: unknown, view: (() => Box) | undefined): FrameSource<Photo>;
  /** Opens a URL, or a path where there are paths. Throws VisavisError 'io'. */
  read(source: string | URL, signal: AbortSignal | undefined): Promise<ByteStream>;
  /** In hexadecimal; null where it cannot be computed. */
  sha256(bytes: Uint8Array): Promise<string | null>;
}

export interface ByteStream {
  /** As far as known before the end. */
  readonly length: number | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
}
