// The same two photos compared by visavis, face-api and Human, each with its WebAssembly backend, in Chromium, from JPEG files
// of 2 megapixels to a distance:
//   cd tests/bench && npm ci --ignore-scripts
//   node comparisons_in_turn.mjs REFERENCE PROBE STRANGER [ROUNDS]
// REFERENCE and PROBE show one person, STRANGER another: before anything is timed each must find the pair more alike. Three tables:
// a comparison with everything loaded, both photos afresh, by turns; the first verdict of a page that was never opened before
// (time, requests, bytes as a server with gzip sends them); memory of the page's process at its peak. Needs ./run --build-only.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { launchChromium } from './chromium_page.mjs';

const [reference, probe, stranger, rounds = '20'] = process.argv.slice(2);
if (stranger === undefined) {
  console.error('usage: node comparisons_in_turn.mjs REFERENCE PROBE STRANGER [ROUNDS]');
  process.exit(2);
}
const here = fileURLToPath(new URL('.', import.meta.url));
const modules = join(here, 'node_modules');
if (!existsSync(modules)) {
  console.error('The other packages are missing: npm ci --ignore-scripts in tests/bench.');
  process.exit(2);
}
const sharp = createRequire(new URL('../../wasm/package.json', import.meta.url))('sharp');
const COLD_ROUNDS = 5;
/** Room of the other packages' WebAssembly: the version that they were built with. */
const TFJS_WASM = '/tfjs-backend-wasm/';

/** face-api's networks come in two sizes, but for the embedder. */
function faceApi(detector, options, landmarks, isTiny) {
  return `
    import * as faceapi from '/face-api/dist/face-api.esm.js';
    export const load = async () => {
      faceapi.tf.setWasmPaths('${TFJS_WASM}');
      await faceapi.tf.setBackend('wasm');
      await faceapi.tf.ready();
      if (faceapi.tf.getBackend() !== 'wasm') throw new Error('not its WebAssembly');
      await Promise.all(['${detector}', '${landmarks}', 'faceRecognitionNet'].map((net) =>
        faceapi.nets[net].loadFromUri('/face-api/model/')));
    };
    const options = new faceapi.${options}();
    const describe = async (blob) => {
      const face = faceapi.detectSingleFace(await drawn(blob), options).withFaceLandmarks(${isTiny});
      return (await face.withFaceDescriptor()).descriptor;
    };
    export const compare = async (blobs) => {
      const [a, b] = [await describe(blobs[0]), await describe(blobs[1])];
      return faceapi.euclideanDistance(a, b);
    };`;
}

/** What a page of each does: load() once, then compare two Blobs, which gives a distance. */
const CONTESTANTS = {
  visavis: `
    import { Visavis } from '/visavis/index.js';
    let visavis;
    export const load = async () => { visavis = await Visavis.load(); };
    export const compare = async (blobs) => {
      const [a, b] = await Promise.all(blobs.map((blob) => visavis.enrol(blob)));
      return (await visavis.verify(a, b)).distance;
    };`,
  'face-api 1.7.15': faceApi('ssdMobilenetv1', 'SsdMobilenetv1Options', 'faceLandmark68Net', false),
  'face-api, tiny': faceApi(
    'tinyFaceDetector',
    'TinyFaceDetectorOptions',
    'faceLandmark68TinyNet',
    true,
  ),
  'Human 3.3.6': `
    import { Human } from '/human/dist/human.esm.js';
    const off = { enabled: false };
    const human = new Human({
      backend: 'wasm', wasmPath: '${TFJS_WASM}', modelBasePath: '/human/models/', cacheSensitivity: 0,
      filter: off, body: off, hand: off, object: off, gesture: off, segmentation: off,
      face: { enabled: true, detector: { rotation: true, maxDetected: 1 }, mesh: { enabled: true }, description: { enabled: true },
        iris: off, emotion: off, antispoof: off, liveness: off },
    });
    export const load = async () => {
      await human.load();
      if (human.tf.getBackend() !== 'wasm') throw new Error('not its WebAssembly');
    };
    const describe = async (blob) => (await human.detect(await drawn(blob))).face[0].embedding;
    export const compare = async (blobs) => {
      const [a, b] = [await describe(blobs[0]), await describe(blobs[1])];
      return 1 - human.match.similarity(a, b);
    };`,
};
const DRAWN = `
    const drawn = async (blob) => {
      const bitmap = await createImageBitmap(blob);
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      bitmap.close();
      return canvas;
    };`;
const names = Object.keys(CONTESTANTS);

const FOLDERS = {
  '/visavis/': fileURLToPath(new URL('../../wasm/dist/', import.meta.url)),
  '/face-api/': join(modules, '@vladmandic/face-api/'),
  '/human/': join(modules, '@vladmandic/human/'),
  [TFJS_WASM]: join(modules, '@tensorflow/tfjs-backend-wasm/dist/'),
};
const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Compressed once: a server would keep it so. */
const sent = new Map();
async function contentOf(path) {
  if (!sent.has(path)) {
    const folder = Object.keys(FOLDERS).find((start) => path.startsWith(start));
    if (folder === undefined) return undefined;
    sent.set(path, gzipSync(await readFile(join(FOLDERS[folder], path.slice(folder.length)))));
  }
  return sent.get(path);
}

let transferred = { requests: 0, bytes: 0 };
const server = createServer(async (request, response) => {
  const path = decodeURIComponent(request.url.split('?', 1)[0]);
  const name = names.find((one) => path === `/${one}.js`);
  const script = name && (name === 'visavis' ? '' : DRAWN) + CONTESTANTS[name];
  if (path.endsWith('.html')) {
    return response
      .setHeader('Content-Type', 'text/html')
      .end('<!doctype html><title>bench</title>');
  }
  const body = name ? gzipSync(script) : await contentOf(path).catch(() => undefined);
  if (body === undefined) return response.writeHead(404).end();
  transferred.requests++;
  transferred.bytes += body.length;
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('Content-Encoding', 'gzip').end(body);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}`;

const twoMegapixels = async (path) => {
  const resized = sharp(path).rotate().resize(1600, 1250, { fit: 'cover' });
  return (await resized.jpeg({ quality: 90 }).toBuffer()).toString('base64');
};
const photos = await Promise.all([reference, probe, stranger].map(twoMegapixels));

/** In the page: from nothing to the first verdict. */
async function begin([name, base64s]) {
  const blobs = base64s.map(
    (text) => new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]),
  );
  const start = performance.now();
  const { load, compare } = await import(`/${encodeURIComponent(name)}.js`);
  await load();
  const genuine = await compare([blobs[0], blobs[1]]);
  const milliseconds = performance.now() - start;
  window.again = async () => {
    const began = performance.now();
    await compare([blobs[0], blobs[1]]);
    return performance.now() - began;
  };
  return { milliseconds, genuine, impostor: await compare([blobs[0], blobs[2]]) };
}

/** A browser of its own, so that neither files nor compiled code are at hand. */
async function first(name) {
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${address}/page.html`);
  transferred = { requests: 0, bytes: 0 };
  const made = await page.evaluate(begin, [name, photos]);
  return { browser, page, ...made, ...transferred };
}

/** Of the process that draws the page and runs its workers, in megabytes (VmHWM of proc(5)). */
async function peakMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const peaks = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => /VmHWM:\s*(\d+)/.exec(await readFile(`/proc/${id}/status`, 'utf8'))),
  );
  return Math.max(...peaks.map((found) => Number(found?.[1]) / 1024));
}

const at = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];

const pages = new Map();
for (const name of names) {
  const opened = await first(name);
  const { genuine, impostor } = opened;
  if (!(genuine < impostor))
    throw new Error(`${name}: one person ${genuine} apart, two people ${impostor}: not alike`);
  pages.set(name, opened);
}

console.log('A comparison, everything loaded, both photos afresh, ms (quartiles):');
const warm = new Map(names.map((name) => [name, []]));
for (let round = 0; round < Number(rounds) + 2; round++) {
  for (const name of names) {
    const milliseconds = await pages.get(name).page.evaluate(() => window.again());
    if (round >= 2) warm.get(name).push(milliseconds);
  }
}
const median = (name) => at(warm.get(name), 0.5);
for (const name of names) {
  const [low, high] = [at(warm.get(name), 0.25), at(warm.get(name), 0.75)];
  const mine = (median('visavis') / median(name)).toFixed(2);
  console.log(
    `  ${name.padEnd(16)} ${median(name).toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)}); visavis / this: ${mine}`,
  );
}

console.log('Memory of the page at its peak, after these comparisons, MB:');
for (const name of names) {
  const { browser } = pages.get(name);
  console.log(`  ${name.padEnd(16)} ${(await peakMemory(browser)).toFixed(0)}`);
  await browser.close();
}

console.log('The first verdict of a new browser, over loopback:');
const cold = new Map(names.map((name) => [name, []]));
for (let round = 0; round < COLD_ROUNDS; round++) {
  for (const name of names) {
    const { browser, milliseconds, requests, bytes } = await first(name);
    await browser.close();
    cold.get(name).push({ milliseconds, requests, bytes });
  }
}
const coldMedian = (name) =>
  at(
    cold.get(name).map(({ milliseconds }) => milliseconds),
    0.5,
  );
for (const name of names) {
  const [{ requests, bytes }] = cold.get(name);
  const mine = (coldMedian('visavis') / coldMedian(name)).toFixed(2);
  console.log(
    `  ${name.padEnd(16)} ${coldMedian(name).toFixed(0)} ms, ${requests} requests, ` +
      `${(bytes / 1e6).toFixed(2)} MB; visavis / this: ${mine}`,
  );
}
server.close();
