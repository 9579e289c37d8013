import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rowsOfPixels } from '../../wasm/dist/shared/rows.js';
import { loadEngine } from './module.js';
import { findPhotos, pixelsOf, root, sharp, wasmFolder } from './photos.js';

const photos = await findPhotos();
const native = process.env['VISAVIS_NATIVE'] ?? join(root, 'build/native/visavis');
const models = join(wasmFolder, 'dist/models');

/** Rows of a two-dimensional float32 .npy file (numpy.lib.format, version 1.0). */
async function readRows(path: string): Promise<Float32Array[]> {
  const file = await readFile(path);
  const dataAt = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, dataAt);
  expect(header).toContain("'<f4'");
  const [rows, columns] = /\((\d+), (\d+)\)/.exec(header)!.slice(1).map(Number) as [number, number];
  const values = new Float32Array(file.buffer.slice(file.byteOffset + dataAt));
  return Array.from({ length: rows }, (_, i) => values.subarray(i * columns, (i + 1) * columns));
}

// Level 3 of the design's rule 4. The tolerance in fp32 is the design's: kernels add in another order, and 1e-4 is a
// thousandth of the distance between two photos of one person. In int8 such a difference may carry an activation over to
// the next level, which carries others over: two photos of one person are six times further apart than that.
const embedders = [
  { name: 'in fp32', file: join(root, 'models/face/face.visavis'), tolerance: 1e-4 },
  { name: 'in int8', file: join(models, 'embedder.visavis'), tolerance: 0.15 },
];
test.skipIf(!existsSync(native)).each(embedders)(
  'the same photo gives the same embedding natively and in WebAssembly, $name',
  async ({ file: embedder, tolerance }) => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-'));
    // PNG: libjpeg and sharp need not agree on a JPEG's last bit. Sizes make every detector path run.
    const cases = [
      { photo: photos.reference, width: 640 },
      { photo: photos.same, width: 333 },
      { photo: photos.other, width: 1700 },
    ];
    const files = await Promise.all(
      cases.map(async ({ photo, width }, i) => {
        const path = join(folder, `${i}.png`);
        await sharp(photo).rotate().resize(width).removeAlpha().png().toFile(path);
        return path;
      }),
    );
    const out = join(folder, 'templates.npy');
    execFileSync(native, [
      'embed',
      ...files,
      '--models',
      models,
      '--model',
      embedder,
      '--out',
      out,
    ]);
    const expected = await readRows(out);
    const engine = await loadEngine(embedder);
    for (const [i, file] of files.entries()) {
      const { embedding } = await engine.enrol(rowsOfPixels(await pixelsOf(file)), 0);
      const apart = Math.hypot(...embedding.map((value, at) => value - expected[i]![at]!));
      console.log(`photo ${i}: native and WebAssembly ${apart.toExponential(2)} apart`);
      expect(apart).toBeLessThan(tolerance);
    }
  },
  60_000,
);
