// Teach a classifier a sign by showing it one example: nothing is trained, and classes come and go.
//
//   node wasm/examples/add_a_class.mjs
//
// In the browser the images are what a file picker, a canvas or the camera gives.
import { Classifier } from 'visavis';

// Signs to tell apart: black strokes on white, 105 by 105 pixels, RGBA as in ImageData. `ink` is the
// distance from a point to the middle of the stroke.
const signs = {
  ring: (x, y) => Math.abs(Math.hypot(x, y) - 34),
  cross: (x, y) => Math.min(Math.abs(x - y), Math.abs(x + y)) / Math.SQRT2,
  bars: (x, y) => Math.min(...[-30, 0, 30].map((at) => Math.abs(y - at))),
};

function draw(ink, shift = 0) {
  const [size, pen, reach] = [105, 4.6, 38];
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [column - 52 - shift, row - 52 + shift];
      const isInk = Math.max(Math.abs(x), Math.abs(y)) < reach && ink(x, y) < pen / 2;
      if (isInk) data.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3);
    }
  }
  return { width: size, height: size, data };
}

// Loads one small network into a worker of its own. It learnt to tell characters of many scripts
// apart, these signs not among them.
const classifier = await Classifier.load({ subject: 'characters' });

// Two classes of one example each. A further example of a name makes its class more certain.
await classifier.addExample('ring', draw(signs.ring));
await classifier.addExample('cross', draw(signs.cross));

async function ask(name) {
  // The query is another drawing: it lies elsewhere in its square.
  const { ranking, distance, isNoneOfThese } = await classifier.classify(draw(signs[name], 3));
  const answer = isNoneOfThese ? 'none of these' : ranking[0].name;
  console.log(`${name}: ${answer} (distance ${distance.toFixed(2)} to ${ranking[0].name})`);
}

await ask('ring');
await ask('cross');
// Nobody has shown it bars yet. It looks for the nearest class and finds none near enough.
await ask('bars');

// Now they are a class, too.
await classifier.addExample('bars', draw(signs.bars));
console.log(`classes: ${classifier.classes.map(({ name }) => name).join(', ')}`);
await ask('bars');

// The examples' embeddings as bytes, to keep them; importSupport takes them back.
const kept = await classifier.exportSupport();
console.log(`${kept.length} bytes to keep`);

// Ends the worker, and with it the program.
classifier.dispose();
