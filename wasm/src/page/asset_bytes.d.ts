import type { AssetRole } from '../shared/few_shot_types.js';

/**
 * Lengths of the files in the package, written by the build: servers that compress do not say. Without
 * `relaxedWasm` the package was built without that variant.
 */
export declare const ASSET_BYTES: Readonly<
  Record<AssetRole | 'wasm', number> & { relaxedWasm?: number }
>;
