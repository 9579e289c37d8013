import { readFile } from 'node:fs/promises';

import createModule from '../../wasm/dist/visavis.mjs';
import type { WasmModule } from '../../wasm/dist/worker/exports.js';
import { Engine } from '../../wasm/dist/worker/engine.js';
import type { ModelFiles } from '../../wasm/dist/shared/protocol.js';

const dist = new URL('../../wasm/dist/', import.meta.url);

/** The built WebAssembly, in this thread. */
export async function loadModule(file = 'visavis.wasm'): Promise<WasmModule> {
  return createModule({ wasmBinary: await readFile(new URL(file, dist)) });
}

/** Those of the package, but for an embedder of another file. */
export async function modelFiles(embedder?: string): Promise<ModelFiles> {
  const file = async (path: URL | string, source: string) => ({
    bytes: new Uint8Array(await readFile(path)),
    source,
  });
  const read = (name: string) => file(new URL(`models/${name}.visavis`, dist), name);
  return {
    nearDetector: await read('blazeface-near'),
    farDetector: await read('blazeface-far'),
    landmarks: await read('landmarks68'),
    embedder: embedder === undefined ? await read('embedder') : await file(embedder, embedder),
    confirmation: await read('confirmation'),
  };
}

export async function loadEngine(embedder?: string, wasm?: string): Promise<Engine> {
  return Engine.create(await loadModule(wasm), await modelFiles(embedder));
}
