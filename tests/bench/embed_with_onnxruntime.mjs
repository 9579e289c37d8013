// Milliseconds of some embeddings by onnxruntime's native library, for embed_against_others.py:
//   node embed_with_onnxruntime.mjs THREADS CROPS NETWORK.onnx CROP SIDE
// CROP holds 3 x SIDE x SIDE floats. Prints {"milliseconds": [..], "embedding": [..]}.
import { readFileSync } from 'node:fs';

import { InferenceSession, Tensor } from 'onnxruntime-node';

const WARM_UP = 3;
const [threads, crops, network, crop, side] = process.argv.slice(2);
const session = await InferenceSession.create(network, {
  executionProviders: ['cpu'],
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  extra: { session: { set_denormal_as_zero: '1' } },
});
const { buffer } = new Uint8Array(readFileSync(crop));
const shape = [1, 3, Number(side), Number(side)];
const feed = { [session.inputNames[0]]: new Tensor('float32', new Float32Array(buffer), shape) };
const milliseconds = [];
let embedding;
for (let i = 0; i < WARM_UP + Number(crops); i++) {
  const start = performance.now();
  embedding = (await session.run(feed))[session.outputNames[0]].data;
  if (i >= WARM_UP) milliseconds.push(performance.now() - start);
}
console.log(JSON.stringify({ milliseconds, embedding: [...embedding] }));
