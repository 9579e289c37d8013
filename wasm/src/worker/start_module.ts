import createModule from '../visavis.mjs';

import { VisavisError } from '../shared/errors.js';
import type { WasmModule } from './exports.js';
import { isWebAssemblyAllowed } from '../shared/support.js';

/** "\0asm", with which every WebAssembly file begins. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/**
 * Compiles and starts the core in this thread. Throws VisavisError: 'csp-blocked' where the Content-Security-Policy
 * forbids WebAssembly, 'io' where the file is none or damaged, 'out-of-memory'.
 */
export async function startModule(wasm: Uint8Array): Promise<WasmModule> {
  if (!isWebAssemblyAllowed()) {
    throw new VisavisError(
      'csp-blocked',
      "The Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, in the headers " +
        "of the page and of the worker's file.",
    );
  }
  if (MAGIC.some((byte, at) => wasm[at] !== byte)) {
    throw new VisavisError(
      'io',
      'What was loaded as visavis.wasm is no WebAssembly: check that the file is served under its address.',
    );
  }
  try {
    return await createModule({ wasmBinary: wasm, printErr: () => undefined });
  } catch (error) {
    throw startFailed(String(error));
  }
}

function startFailed(why: string): VisavisError {
  if (/memory/i.test(why)) {
    return new VisavisError(
      'out-of-memory',
      'No memory is left for WebAssembly: close other pages.',
    );
  }
  // Emscripten's advice is to build with assertions, which is no advice to a user.
  const reason = why
    .replace(/^.*?abort\(|\)?\. Build with -s ASSERTIONS.*$/gs, '')
    .split('\n', 1)[0];
  return new VisavisError(
    'io',
    `visavis.wasm cannot be started (${reason}): it is damaged or of another version; install the package again.`,
  );
}
