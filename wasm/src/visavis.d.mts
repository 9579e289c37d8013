/** Emscripten's glue for visavis.wasm; the build copies it beside the compiled TypeScript. */
import type { ModuleFactory } from './worker/exports.js';

declare const createModule: ModuleFactory;
export default createModule;
