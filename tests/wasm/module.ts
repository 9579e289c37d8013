import { readFile } from 'node:fs/promises';

import createModule from '../../wasm/dist/visavis.mjs';
import type { WasmModule } from '../../wasm/dist/worker/exports.js';
import { Engine } from '../../wasm/dist/worker/engine.js';
import type { ModelFiles } from '../../wasm/dist/shared/protocol.js';

const dist = new URL('../../wasm/dist/', import.meta.url);

/** The built WebAssembly, in this thread. */
export async function loadModule(): Promise<WasmModule> {
  return createModule({ wasmBinary: await readFile(new URL('visavis.wasm', dist)) });
}

export async function modelFiles(): Promise<ModelFiles> {
  const read = async (name: string) => ({
    bytes: new Uint8Array(await readFile(new URL(`models/${name}.visavis`, dist))),
    source: name,
  });
  return {
    nearDetector: await read('blazeface-near'),
    farDetector: await read('blazeface-far'),
    landmarks: await read('landmarks68'),
    embedder: await read('embedder'),
    confirmation: await read('confirmation'),
  };
}

export async function loadEngine(): Promise<Engine> {
  return Engine.create(await loadModule(), await modelFiles());
}
