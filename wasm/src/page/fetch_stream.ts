import { throwIfCancelled } from '../shared/cancel.js';
import { VisavisError } from '../shared/errors.js';
import type { ByteStream } from './platform.js';

/** A file over HTTP, as it arrives. Throws 'io', naming the URL. */
export async function fetchStream(url: string | URL, signal?: AbortSignal): Promise<ByteStream> {
  const failed = (why: string): VisavisError =>
    new VisavisError('io', `${String(url)} could not be loaded (${why}): check that it is served.`);
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (error) {
    throwIfCancelled(signal);
    throw failed(String(error));
  }
  if (!response.ok) throw failed(`HTTP status ${response.status}`);
  const length = response.headers.get('content-length');
  const compressed = response.headers.has('content-encoding');
  return {
    length: length === null || compressed ? undefined : Number(length),
    chunks: chunksOf(response, failed, signal),
  };
}

async function* chunksOf(
  response: Response,
  failed: (why: string) => VisavisError,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throwIfCancelled(signal);
      throw failed(`the connection broke: ${String(error)}`);
    });
    if (done) return;
    yield value;
  }
}
