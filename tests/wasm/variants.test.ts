import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

import { expect, test } from 'vitest';

import { Visavis } from '../../wasm/dist/node/index.js';
import { hasRelaxedSimd } from '../../wasm/dist/shared/support.js';
import { rowsOfPixels } from '../../wasm/dist/shared/rows.js';
import { loadEngine } from './module.js';
import { findPhotos, pixelsOf, root, wasmFolder } from './photos.js';

// Node before 22 has relaxed SIMD behind a flag, which holds for the whole process: first what is so without.
const HAD_RELAXED_SIMD = hasRelaxedSimd();

test.skipIf(HAD_RELAXED_SIMD)('an engine without relaxed SIMD gets the baseline', async () => {
  const visavis = await Visavis.load();
  expect(visavis.variant).toBe('baseline');
  visavis.dispose();
  await expect(Visavis.load({ variant: 'relaxed' })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining("leave out variant, or give 'baseline'"),
  });
});

test('an engine with relaxed SIMD gets the relaxed variant, unless told otherwise', async () => {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  expect(hasRelaxedSimd()).toBe(true);
  for (const [options, variant] of [
    [{}, 'relaxed'],
    [{ variant: 'relaxed' }, 'relaxed'],
    [{ variant: 'baseline' }, 'baseline'],
  ] as const) {
    const visavis = await Visavis.load(options);
    expect(visavis.variant).toBe(variant);
    visavis.dispose();
  }
});

test('a variant that there is not is refused', async () => {
  await expect(Visavis.load({ variant: 'fast' as 'relaxed' })).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining("variant must be 'baseline' or 'relaxed'"),
  });
});

test('both files have the same interface: one visavis.mjs serves them', async () => {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  const module = async (name: string) =>
    new WebAssembly.Module(new Uint8Array(await readFile(join(wasmFolder, 'dist', name))));
  const [baseline, relaxed] = [await module('visavis.wasm'), await module('visavis-relaxed.wasm')];
  const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
  expect(names(WebAssembly.Module.exports(relaxed))).toEqual(
    names(WebAssembly.Module.exports(baseline)),
  );
  expect(names(WebAssembly.Module.imports(baseline))).toEqual(
    expect.arrayContaining(names(WebAssembly.Module.imports(relaxed))),
  );
});

// The design's tolerance for relaxed SIMD in fp32. In int8 a last bit may carry an activation over to the next level.
test.each([
  { name: 'in fp32', embedder: join(root, 'models/face/face.visavis'), tolerance: 1e-3 },
  { name: 'in int8', embedder: undefined, tolerance: 0.15 },
])('both variants see the same in a photo, $name', async ({ embedder, tolerance }) => {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  const engines = [
    await loadEngine(embedder, 'visavis.wasm'),
    await loadEngine(embedder, 'visavis-relaxed.wasm'),
  ] as const;
  const photos = await findPhotos();
  const embeddings: Float32Array[][] = [];
  for (const photo of [photos.reference, photos.same, photos.other]) {
    const rows = rowsOfPixels(await pixelsOf(photo));
    const made: Float32Array[] = [];
    for (const engine of engines) made.push((await engine.enrol(rows, 0)).embedding);
    const apart = distance(made[0]!, made[1]!);
    console.log(`${apart.toExponential(2)} apart`);
    expect(apart).toBeLessThan(tolerance);
    embeddings.push(made);
  }
  // A template of one variant against one of the other: as within one.
  const [reference, same, other] = embeddings as [Float32Array[], Float32Array[], Float32Array[]];
  const { threshold } = engines[0].calibration();
  for (const a of reference) {
    for (const b of same) expect(distance(a, b)).toBeLessThan(threshold);
    for (const b of other) expect(distance(a, b)).toBeGreaterThan(threshold);
  }
});

test('the relaxed variant has the instructions that it is for', () => {
  const text = execFileSync(
    process.execPath,
    [
      join(wasmFolder, 'node_modules/binaryen/bin/wasm-dis'),
      join(wasmFolder, 'dist/visavis-relaxed.wasm'),
      '--all-features',
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  expect(text).toContain('f32x4.relaxed_madd');
  expect(text).toContain('i32x4.relaxed_dot_i8x16_i7x16_add_s');
});

function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, at) => value - b[at]!));
}
