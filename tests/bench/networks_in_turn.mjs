// The same network in our runtime, in onnxruntime-web and in TensorFlow.js with its WebAssembly backend, one thread each, by turns,
// on the same picture:
//   cd tests/bench && npm ci --ignore-scripts
//   node networks_in_turn.mjs [--node] ROUNDS NETWORK.onnx SETTINGS.json
// In Chromium, or in node with --node. Ours computes in fp32, with plain and with relaxed SIMD. Outputs are checked to
// agree before anything is timed. Prints medians and their ratios to both. Needs ./run --build-only and python3-onnx.
import { execFileSync } from 'node:child_process';
import { readFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

import { inChromium } from './chromium_page.mjs';

const words = process.argv.slice(2).filter((word) => word !== '--node');
const [rounds, onnx, settings] = words;
if (settings === undefined) {
  console.error('usage: node networks_in_turn.mjs [--node] ROUNDS NETWORK.onnx SETTINGS.json');
  process.exit(2);
}
const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const visavis = join(root, 'build/native/visavis');
const folder = mkdtempSync(join(tmpdir(), 'visavis-'));
const run = (...args) => execFileSync(visavis, args, { stdio: ['ignore', 'ignore', 'inherit'] });

// Without its alignment template an embedder takes a whole picture, which the package can be given.
const { template: _, ...whole } = JSON.parse(readFileSync(settings, 'utf8'));
writeFileSync(join(folder, 'whole.json'), JSON.stringify(whole));
const imported = join(folder, 'fp32.visavis');
run(
  'import',
  'onnx',
  onnx,
  '--settings',
  join(folder, 'whole.json'),
  '--out',
  join(folder, 'imported.visavis'),
);
run(
  'convert',
  join(folder, 'imported.visavis'),
  '--weights',
  'fp32',
  '--simplify',
  '--out',
  imported,
);
const inspected = JSON.parse(
  execFileSync(visavis, ['inspect', imported, '--json'], { encoding: 'utf8' }),
);
const [side] = inspected.input;
const base64 = async (file) => (await readFile(file)).toString('base64');
const dist = join(root, 'wasm/dist');
const input = {
  rounds: Number(rounds),
  side,
  mean: whole.mean,
  divisor: whole.divisor,
  onnx: await base64(onnx),
  model: await base64(imported),
  graph: JSON.parse(
    execFileSync('/usr/bin/python3', [join(here, 'onnx_graph_json.py'), onnx], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    }),
  ),
};

/** Runs here or in a page. */
async function measure([{ ours, bench, runtime, wasmPaths, tfjs, tfjsWasm, tfjsPaths }, input]) {
  const { rounds, side, mean, divisor, onnx, model, graph } = input;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { default: createModule } = await import(`${ours}visavis.mjs`);
  const { ClassifierEngine } = await import(`${ours}worker/classifier_engine.js`);
  const { rowsOfPixels } = await import(`${ours}shared/rows.js`);
  const ort = await import(runtime);
  const load = async (file) =>
    ours.startsWith('file:')
      ? new Uint8Array(await (await import('node:fs/promises')).readFile(new URL(`${ours}${file}`)))
      : new Uint8Array(await (await fetch(`${ours}${file}`)).arrayBuffer());

  // Any picture that is not flat: the time does not depend on it.
  const data = new Uint8ClampedArray(side * side * 4);
  for (let i = 0; i < data.length; ++i) data[i] = i % 4 === 3 ? 255 : (i * 37) % 251;
  const planes = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; ++i)
    for (let c = 0; c < 3; ++c) {
      const at = (list) => (Array.isArray(list) ? list[c] : list);
      planes[c * side * side + i] = (data[4 * i + c] - at(mean)) / at(divisor);
    }
  const unit = (values) => {
    const norm = Math.hypot(...values);
    return [...values].map((value) => value / norm);
  };

  ort.env.wasm.numThreads = 1;
  if (wasmPaths !== null) ort.env.wasm.wasmPaths = wasmPaths;
  const session = await ort.InferenceSession.create(bytes(onnx), { executionProviders: ['wasm'] });
  const [name] = session.inputNames;
  const [outputName] = session.outputNames;
  const contestants = [
    {
      name: 'onnxruntime-web, fp32',
      run: async () => {
        const tensor = new ort.Tensor('float32', planes, [1, 3, side, side]);
        return (await session.run({ [name]: tensor }))[outputName].data;
      },
    },
  ];
  const core = await import(tfjs);
  const backend = await import(tfjsWasm);
  const tf = globalThis.tf ?? core; // A page has scripts that put it there.
  const { setWasmPaths, setThreadsCount } = tf.wasm ?? backend;
  const { tfjsNetwork } = await import(`${bench}tfjs_graph.mjs`);
  setWasmPaths(tfjsPaths);
  setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
  if (tf.getBackend() !== 'wasm') throw new Error('TensorFlow.js does not use its WebAssembly');
  const network = tfjsNetwork(tf, graph);
  contestants.push({ name: 'TensorFlow.js, fp32', run: async () => network(planes, side) });
  const pixels = rowsOfPixels({ width: side, height: side, data });
  for (const file of ['visavis.wasm', 'visavis-relaxed.wasm']) {
    const engine = ClassifierEngine.create(
      await createModule({ wasmBinary: await load(file) }),
      'characters',
      { characters: { bytes: bytes(model), source: 'network' } },
    );
    contestants.push({
      name: `${file}, fp32`,
      run: async () => (await engine.read(pixels, { findInk: false })).embedding,
    });
  }
  const expected = unit(await contestants[0].run());
  for (const one of contestants) {
    const made = unit(await one.run());
    one.apart = Math.hypot(...made.map((value, i) => value - expected[i]));
    if (one.apart > 1e-3)
      throw new Error(`${one.name}: its output is ${one.apart} from onnxruntime-web's`);
    one.times = [];
  }
  for (let round = 0; round < rounds + 3; ++round) {
    for (const one of contestants) {
      const start = performance.now();
      await one.run();
      if (round >= 3) one.times.push(performance.now() - start);
    }
  }
  return contestants.map(({ name, apart, times }) => {
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.floor((times.length - 1) * share)];
    return { name, apart, median: at(0.5), low: at(0.25), high: at(0.75) };
  });
}

async function measureInChromium() {
  const types = {
    '.js': 'text/javascript',
    '.mjs': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const folders = {
    '/ours/': dist,
    '/ort/': join(here, 'node_modules/onnxruntime-web/dist'),
    '/tfjs/': join(here, 'node_modules/@tensorflow'),
    '/bench/': here,
  };
  const server = createServer(async (request, response) => {
    const path = request.url.split('?', 1)[0];
    const prefix = Object.keys(folders).find((start) => path.startsWith(start));
    response.setHeader('Content-Type', types[extname(path)] ?? 'text/html');
    if (prefix === undefined) return response.end('<!doctype html><title>networks in turn</title>');
    const file = await readFile(join(folders[prefix], path.slice(prefix.length))).catch(() => null);
    return file === null ? response.writeHead(404).end() : response.end(file);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const places = {
    ours: `${address}/ours/`,
    bench: `${address}/bench/`,
    runtime: `${address}/ort/ort.wasm.min.mjs`,
    wasmPaths: `${address}/ort/`,
    tfjs: `${address}/tfjs/tfjs-core/dist/tf-core.min.js`,
    tfjsWasm: `${address}/tfjs/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`,
    tfjsPaths: `${address}/tfjs/tfjs-backend-wasm/dist/`,
  };
  try {
    return await inChromium(address, (page) => page.evaluate(measure, [places, input]));
  } finally {
    server.close();
  }
}

let made;
if (process.argv.includes('--node')) {
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd'); // What node 22 has without it.
  const places = {
    ours: new URL('wasm/dist/', `file://${root}`).href,
    bench: new URL('.', import.meta.url).href,
    runtime: 'onnxruntime-web',
    wasmPaths: null,
    tfjs: '@tensorflow/tfjs-core',
    tfjsWasm: '@tensorflow/tfjs-backend-wasm',
    tfjsPaths: join(here, 'node_modules/@tensorflow/tfjs-backend-wasm/dist/'),
  };
  made = await measure([places, input]);
} else {
  made = await measureInChromium();
}
for (const { name, apart, median, low, high } of made) {
  const [ort, tfjs] = made.map((one) => (median / one.median).toFixed(2));
  console.log(
    `${median.toFixed(2).padStart(7)} ms (${low.toFixed(2)} to ${high.toFixed(2)}), ${ort} of onnxruntime-web, ` +
      `${tfjs} of TensorFlow.js: ${name}, output ${apart.toExponential(1)} from the first`,
  );
}
