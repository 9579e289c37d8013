// One ONNX file in onnxruntime-web and, imported, in our runtime: how far apart their outputs are.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { expect } from 'vitest';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const build = process.env.VISAVIS_BUILD ?? join(root, 'build', 'native');
export const seed = 20240607;

ort.env.wasm.numThreads = 1;

export function requireBuild(...others: string[]): void {
  for (const needed of [join(build, 'visavis'), join(build, 'run_network'), ...others]) {
    if (!existsSync(needed))
      throw new Error(
        `${needed} is missing: run ./test, or build the preset native and npm ci in models/imported`,
      );
  }
}

/** mulberry32: the same numbers everywhere. */
export function random(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Ended {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Not spawnSync: Vitest must be heard from while a thousand programs run one after the other. */
function run(program: string, args: readonly string[], input?: Buffer): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(build, program), args);
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout: Buffer.concat(stdout), stderr }));
    child.stdin.on('error', () => {}); // It ended without reading: its status and stderr say why.
    child.stdin.end(input);
  });
}

export async function visavis(
  ...args: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await run('visavis', args);
  return { status, stdout: stdout.toString(), stderr };
}

/** [channels, cells] -> [cells, channels] */
function turned(values: ArrayLike<number>, channels: number): Float32Array {
  const cells = values.length / channels;
  const result = new Float32Array(values.length);
  for (let c = 0; c < channels; ++c) {
    for (let cell = 0; cell < cells; ++cell)
      result[cell * channels + c] = values[c * cells + cell]!;
  }
  return result;
}

interface Output {
  dims: readonly number[];
  values: ArrayLike<number>;
}

/** By onnxruntime-web. `values` as the file wants them. */
async function runOnnx(
  onnx: string,
  dims: readonly number[],
  values: Float32Array,
): Promise<Output[]> {
  const session = await ort.InferenceSession.create(readFileSync(onnx), {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  try {
    const metadata = session.inputMetadata[0]!;
    const isBytes = metadata.isTensor && metadata.type === 'uint8';
    const tensor = isBytes
      ? new ort.Tensor('uint8', Uint8Array.from(values), dims)
      : new ort.Tensor('float32', values, dims);
    const outputs = await session.run({ [session.inputNames[0]!]: tensor });
    return session.outputNames.map((name) => ({
      dims: outputs[name]!.dims,
      values: outputs[name]!.data as Float32Array,
    }));
  } finally {
    await session.release();
  }
}

async function runOurs(model: string, input: Float32Array): Promise<Float32Array> {
  const { status, stdout, stderr } = await run('run_network', [model], Buffer.from(input.buffer));
  expect(status, stderr).toBe(0);
  return new Float32Array(Uint8Array.from(stdout).buffer);
}

export interface Parity {
  difference: number; // the largest of all outputs
  largest: number; // number of all outputs, by magnitude
  ratio: number; // difference / largest
  ofOneOutput: number; // the same ratio of each output by itself, the worst
}

interface Difference {
  difference: number;
  largest: number;
}

const ratioOf = ({ difference, largest }: Difference): number =>
  difference === 0 ? 0 : difference / largest;

function compare(ours: Float32Array, theirs: Float32Array): Difference {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < theirs.length; ++i) {
    const [a, b] = [ours[i]!, theirs[i]!];
    if (Object.is(a, b) || a === b) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return { difference: Infinity, largest: 1 };
    difference = Math.max(difference, Math.abs(a - b));
  }
  for (const value of theirs)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return { difference, largest };
}

/** Runs both on the same random numbers. `imported` is what `visavis import onnx` printed for `model`. */
export async function parity(network: {
  onnx: string;
  model: string;
  imported: string;
  dims: readonly number[];
  low: number;
  high: number;
}): Promise<Parity> {
  const next = random(seed);
  const { dims, low, high } = network;
  const isBytes = /which takes bytes/.test(network.imported);
  const values = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => {
    const value = low + (high - low) * next();
    return isBytes ? Math.floor(value) : value;
  });
  const theirs = await runOnnx(network.onnx, dims, values);

  const shape = /^input +(\d+)x(\d+)x(\d+),/m.exec(network.imported)!.slice(1).map(Number);
  const isChannelsLast = shape.every((side, i) => side === dims[i + 1]);
  const ours = await runOurs(network.model, isChannelsLast ? values : turned(values, dims[1]!));

  const isImage = [...network.imported.matchAll(/^output .*$/gm)].map(([line]) =>
    line.endsWith(', channels last'),
  );
  expect(isImage).toHaveLength(theirs.length);
  const all: Difference = { difference: 0, largest: 0 };
  let ofOneOutput = 0;
  let start = 0;
  theirs.forEach(({ dims: outputDims, values: given }, i) => {
    const expected = isImage[i] ? turned(given, outputDims[1]!) : Float32Array.from(given);
    const result = compare(ours.subarray(start, start + expected.length), expected);
    start += expected.length;
    all.difference = Math.max(all.difference, result.difference);
    all.largest = Math.max(all.largest, result.largest);
    ofOneOutput = Math.max(ofOneOutput, ratioOf(result));
  });
  expect(ours.length, 'number of outputs').toBe(start);
  return { ...all, ratio: ratioOf(all), ofOneOutput };
}
