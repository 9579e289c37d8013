import { joined } from './bytes.js';

/** Of 120 million pixels of eight bytes, and a byte more for every row. */
const MAX_BYTES = 1.1e9;

/** The first `length` bytes that zlib data unpack to; undefined where there are fewer. What follows may be missing. */
export async function inflatedStart(
  data: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (length > MAX_BYTES) return undefined;
  const parts: Uint8Array[] = [];
  let found = 0;
  const reader = streamOf(data).pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    while (found < length) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      found += value.length;
    }
  } catch {
    // The data end early, or are damaged: what came before counts.
  }
  reader.cancel().catch(() => undefined);
  return found < length ? undefined : joined(parts).subarray(0, length);
}

/** As zlib data. */
export async function deflated(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Response(streamOf(data).pipeThrough(new CompressionStream('deflate')));
  return new Uint8Array(await packed.arrayBuffer());
}

function streamOf(data: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([data]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>;
}
