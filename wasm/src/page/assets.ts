import { throwIfCancelled } from '../shared/cancel.js';
import { ASSET_BYTES } from './asset_bytes.js';
import type { AssetRole } from '../shared/few_shot_types.js';
import type { ModelFile } from '../shared/model_file.js';
import type { Platform } from './platform.js';
import { hasRelaxedSimd, unsupported } from '../shared/support.js';
import type { LoadOptions, Source, WasmVariant } from '../shared/types.js';

/** Each URL is written out, since bundlers find and copy files by this very pattern. */
const WASM_URLS: Record<WasmVariant, URL> = {
  baseline: new URL('../visavis.wasm', import.meta.url),
  relaxed: new URL('../visavis-relaxed.wasm', import.meta.url),
};
const MODEL_URLS: Record<AssetRole, URL> = {
  nearDetector: new URL('../models/blazeface-near.visavis', import.meta.url),
  farDetector: new URL('../models/blazeface-far.visavis', import.meta.url),
  landmarks: new URL('../models/landmarks68.visavis', import.meta.url),
  embedder: new URL('../models/embedder.visavis', import.meta.url),
  confirmation: new URL('../models/confirmation.visavis', import.meta.url),
  characters: new URL('../models/characters.visavis', import.meta.url),
};

export interface Assets<Role extends AssetRole> {
  readonly variant: WasmVariant;
  readonly wasm: Uint8Array;
  readonly models: Record<Role, ModelFile>;
}

export interface AssetOptions extends Omit<LoadOptions, 'models'> {
  models?: Partial<Record<AssetRole, Source>>;
}

/** Throws 'unsupported' for a variant that the engine or this build of the package does not have. */
function chooseVariant(wanted: WasmVariant | undefined): WasmVariant {
  const hasRelaxed = ASSET_BYTES.relaxedWasm !== undefined && hasRelaxedSimd();
  if (wanted === 'relaxed' && !hasRelaxed)
    throw unsupported('WebAssembly with relaxed SIMD', "leave out variant, or give 'baseline'");
  return wanted ?? (hasRelaxed ? 'relaxed' : 'baseline');
}

/** Reads the WebAssembly and the models named at once, telling onProgress as bytes arrive. */
export async function loadAssets<Role extends AssetRole>(
  platform: Platform,
  wanted: readonly Role[],
  options: AssetOptions,
): Promise<Assets<Role>> {
  const variant = chooseVariant(options.variant);
  const progress = new ProgressMeter(options.onProgress);
  const fetchOne = (source: Source, knownBytes?: number): Promise<Uint8Array> =>
    readAll(platform, source, options.signal, progress.addFile(knownBytes));
  const roles = wanted.map(async (role) => {
    const own = options.models?.[role];
    const source = own ?? MODEL_URLS[role];
    const bytes = await fetchOne(source, own === undefined ? ASSET_BYTES[role] : undefined);
    return [role, { bytes, source: nameOf(source, role) }] as const;
  });
  const wasmBytes = variant === 'relaxed' ? ASSET_BYTES.relaxedWasm : ASSET_BYTES.wasm;
  const [wasm, ...models] = await Promise.all([fetchOne(WASM_URLS[variant], wasmBytes), ...roles]);
  return { variant, wasm, models: Object.fromEntries(models) as Record<Role, ModelFile> };
}

async function readAll(
  platform: Platform,
  source: Source,
  signal: AbortSignal | undefined,
  file: FileProgress,
): Promise<Uint8Array> {
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    const bytes = new Uint8Array(source).slice(); // The caller keeps theirs; the worker takes this.
    file.end(bytes.length);
    return bytes;
  }
  const stream = await platform.read(source, signal);
  file.expect(stream.length);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream.chunks) {
    throwIfCancelled(signal);
    chunks.push(chunk);
    length += chunk.length;
    file.arrived(length);
  }
  file.end(length);
  return join(chunks, length);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function nameOf(source: Source, role: AssetRole): string {
  return typeof source === 'string' || source instanceof URL
    ? String(source)
    : `the ${role} bytes given`;
}

/** What one file adds to the whole. */
class FileProgress {
  loaded = 0;

  constructor(
    public total: number | undefined,
    private readonly changed: () => void,
  ) {}

  expect(total: number | undefined): void {
    this.total ??= total;
  }
  arrived(loaded: number): void {
    this.loaded = loaded;
    this.changed();
  }
  end(loaded: number): void {
    this.total = loaded;
    this.arrived(loaded);
  }
}

class ProgressMeter {
  private readonly files: FileProgress[] = [];

  constructor(private readonly onProgress: LoadOptions['onProgress']) {}

  addFile(total: number | undefined): FileProgress {
    const file = new FileProgress(total, () => this.report());
    this.files.push(file);
    return file;
  }

  private report(): void {
    const sum = (of: (file: FileProgress) => number): number =>
      this.files.reduce((all, file) => all + of(file), 0);
    const known = this.files.every((file) => file.total !== undefined);
    this.onProgress?.({
      loadedBytes: sum((file) => file.loaded),
      totalBytes: known ? sum((file) => file.total ?? 0) : undefined,
    });
  }
}
