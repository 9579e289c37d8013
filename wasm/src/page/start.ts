import { type AssetOptions, type Assets, loadAssets } from './assets.js';
import { orCancelled, throwIfCancelled } from '../shared/cancel.js';
import { Client } from './client.js';
import { VisavisError } from '../shared/errors.js';
import type { AssetRole } from '../shared/few_shot_types.js';
import type { Platform } from './platform.js';
import type { WasmVariant } from '../shared/types.js';

/**
 * Loads WebAssembly and the models of these roles and starts a worker with them, by the call that `start` makes.
 * Rejects with VisavisError, the worker ended.
 */
export async function startWorker<Role extends AssetRole, Started>(
  platform: Platform,
  roles: readonly Role[],
  options: AssetOptions,
  start: (client: Client, assets: Assets<Role>, transfer: ArrayBuffer[]) => Promise<Started>,
): Promise<{ client: Client; started: Started; variant: WasmVariant }> {
  throwIfCancelled(options.signal);
  platform.requireSupport();
  const client = new Client(platform.startWorker());
  try {
    const assets = await orCancelled(loadAssets(platform, roles, options), options.signal);
    const files: { bytes: Uint8Array }[] = Object.values(assets.models);
    const buffers = [assets.wasm, ...files.map((file) => file.bytes)];
    const transfer = buffers.map((bytes) => bytes.buffer as ArrayBuffer);
    const started = await orCancelled(start(client, assets, transfer), options.signal);
    return { client, started, variant: assets.variant };
  } catch (error) {
    client.close(new VisavisError('disposed', 'Loading failed.'));
    throw error;
  }
}
