// What the two WebAssembly files of the package need for a photo, in one thread of node, by turns: to find its faces, and
// to enrol a face that was found. Usage: node tests/bench/variants_in_turn.mjs PHOTO [ROUNDS] [EMBEDDER.visavis]..
// Prints medians, and how far apart the templates of the two are. Needs ./run --build-only.
import { readFile } from 'node:fs/promises';
import v8 from 'node:v8';

v8.setFlagsFromString('--experimental-wasm-relaxed-simd'); // What node 22 has without it.
const dist = new URL('../../wasm/dist/', import.meta.url);
const { default: createModule } = await import(new URL('visavis.mjs', dist));
const { Engine } = await import(new URL('worker/engine.js', dist));
const { rowsOfPixels } = await import(new URL('shared/rows.js', dist));
const { decodeFile } = await import(new URL('node/decode.js', dist));

const [photo, rounds = '20', ...given] = process.argv.slice(2);
if (photo === undefined) {
  console.error('usage: node tests/bench/variants_in_turn.mjs PHOTO [ROUNDS] [EMBEDDER.visavis]..');
  process.exit(2);
}
const embedders = given.length > 0 ? given : [new URL('models/embedder.visavis', dist)];
const file = async (source) => ({
  bytes: new Uint8Array(await readFile(source)),
  source: String(source),
});
const model = (name) => file(new URL(`models/${name}.visavis`, dist));

const contestants = [];
for (const embedder of embedders) {
  for (const variant of ['visavis', 'visavis-relaxed']) {
    const wasmBinary = await readFile(new URL(`${variant}.wasm`, dist));
    const engine = Engine.create(await createModule({ wasmBinary }), {
      nearDetector: await model('blazeface-near'),
      farDetector: await model('blazeface-far'),
      landmarks: await model('landmarks68'),
      embedder: await file(embedder),
      confirmation: await model('confirmation'),
    });
    contestants.push({ name: `${variant}, ${embedder}`, engine, detect: [], enrol: [] });
  }
}
const pixels = rowsOfPixels(await decodeFile(new Uint8Array(await readFile(photo))));
const timed = (list, work) => {
  const start = performance.now();
  const result = work();
  list.push(performance.now() - start);
  return result;
};
for (let round = 0; round < Number(rounds) + 3; ++round) {
  for (const one of contestants) {
    const faces = timed(one.detect, () => one.engine.detect(pixels));
    one.embedding = timed(one.enrol, () => one.engine.enrol(pixels, faces[0])).embedding;
  }
}
const median = (times) => times.slice(3).sort((a, b) => a - b)[Math.floor((times.length - 3) / 2)];
for (const one of contestants) {
  const first = contestants[0];
  const ratio = (part) => (median(one[part]) / median(first[part])).toFixed(2);
  console.log(
    `detect ${median(one.detect).toFixed(1)} ms (${ratio('detect')}), ` +
      `enrol the face ${median(one.enrol).toFixed(1)} ms (${ratio('enrol')}): ${one.name}`,
  );
}
for (let i = 0; i < contestants.length; i += 2) {
  const [a, b] = [contestants[i].embedding, contestants[i + 1].embedding];
  const apart = Math.hypot(...a.map((value, at) => value - b[at]));
  console.log(`${embedders[i / 2]}: templates ${apart.toExponential(2)} apart`);
}
