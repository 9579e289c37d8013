// What the two WebAssembly files of the package need for a photo, in one thread, by turns: to find its faces, and to enrol
// a face that was found (landmarks, alignment, embedding). In Chromium, or in node with --node.
//   node tests/bench/variants_in_turn.mjs [--node] PHOTO [ROUNDS] [EMBEDDER.visavis]..
// Prints medians, and how far apart the templates of the two are. Needs ./run --build-only.
import { readFile } from 'node:fs/promises';
import v8 from 'node:v8';

import { serveDist } from '../wasm/serve_dist.mjs';
import { inChromium } from './chromium_page.mjs';

const words = process.argv.slice(2).filter((word) => word !== '--node');
const [photo, rounds = '20', ...given] = words;
if (photo === undefined) {
  console.error(
    'usage: node tests/bench/variants_in_turn.mjs [--node] PHOTO [ROUNDS] [EMBEDDER.visavis]..',
  );
  process.exit(2);
}
const dist = new URL('../../wasm/dist/', import.meta.url);
const base64 = async (file) => (await readFile(file)).toString('base64');
const names = given.length > 0 ? given : [new URL('models/embedder.visavis', dist).pathname];
const models = {};
for (const [role, name] of [
  ['nearDetector', 'blazeface-near'],
  ['farDetector', 'blazeface-far'],
  ['landmarks', 'landmarks68'],
  ['confirmation', 'confirmation'],
])
  models[role] = await base64(new URL(`models/${name}.visavis`, dist));
const { decodeFile } = await import(new URL('node/decode.js', dist));
const { width, height, data } = await decodeFile(new Uint8Array(await readFile(photo)));
const input = {
  rounds: Number(rounds),
  wasm: [
    await base64(new URL('visavis.wasm', dist)),
    await base64(new URL('visavis-relaxed.wasm', dist)),
  ],
  models,
  embedders: await Promise.all(names.map(base64)),
  photo: { width, height, data: Buffer.from(data).toString('base64') },
};

/** Runs here or in a page; `base` is where dist/ is. */
async function measure([base, { rounds, wasm, models, embedders, photo }]) {
  const { default: createModule } = await import(`${base}visavis.mjs`);
  const { Engine } = await import(`${base}worker/engine.js`);
  const { rowsOfPixels } = await import(`${base}shared/rows.js`);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const file = (text) => ({ bytes: bytes(text), source: 'model' });
  const contestants = [];
  for (const embedder of embedders) {
    for (const binary of wasm) {
      const module = await createModule({ wasmBinary: bytes(binary) });
      const engine = Engine.create(module, {
        ...Object.fromEntries(Object.entries(models).map(([role, text]) => [role, file(text)])),
        embedder: file(embedder),
      });
      contestants.push({ engine, detect: [], enrol: [] });
    }
  }
  const data = new Uint8ClampedArray(bytes(photo.data));
  const pixels = rowsOfPixels({ width: photo.width, height: photo.height, data });
  const timed = async (list, work) => {
    const start = performance.now();
    const result = await work();
    list.push(performance.now() - start);
    return result;
  };
  for (let round = 0; round < rounds + 3; ++round) {
    for (const one of contestants) {
      const [face] = await timed(one.detect, () => one.engine.detect(pixels));
      const enrolled = await timed(one.enrol, () => one.engine.enrol(pixels, face));
      one.embedding = [...enrolled.embedding];
    }
  }
  const median = (times) =>
    times.slice(3).sort((a, b) => a - b)[Math.floor((times.length - 3) / 2)];
  return contestants.map(({ detect, enrol, embedding }) => ({
    detect: median(detect),
    enrol: median(enrol),
    embedding,
  }));
}

async function measureInChromium() {
  const { server, address } = await serveDist();
  try {
    return await inChromium(address, (page) => page.evaluate(measure, [address, input]));
  } finally {
    server.close();
  }
}

let made;
if (process.argv.includes('--node')) {
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd'); // What node 22 has without it.
  made = await measure([dist.href, input]);
} else {
  made = await measureInChromium();
}
made.forEach(({ detect, enrol }, i) => {
  const ratio = (part, value) => (value / made[0][part]).toFixed(2);
  console.log(
    `detect ${detect.toFixed(1)} ms (${ratio('detect', detect)}), enrol the face ${enrol.toFixed(1)} ms ` +
      `(${ratio('enrol', enrol)}): ${i % 2 === 0 ? 'baseline' : 'relaxed '}, ${names[i >> 1]}`,
  );
});
names.forEach((name, i) => {
  const [a, b] = [made[2 * i].embedding, made[2 * i + 1].embedding];
  const apart = Math.hypot(...a.map((value, at) => value - b[at]));
  console.log(`${name}: templates ${apart.toExponential(2)} apart`);
});
