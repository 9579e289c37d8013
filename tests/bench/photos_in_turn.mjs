// What a large photo costs two builds of the package, by turns, in one Chromium: a 12-megapixel JPEG enrolled from a Blob
// (upright, and as phones store it: on its side, with EXIF), from pixels, and one of the same size without a face.
//   node tests/bench/photos_in_turn.mjs PHOTO OLD_DIST [ROUNDS]
// OLD_DIST is wasm/dist of another build, copied; the new one is this tree's. The photo, with one face, is enlarged. Prints
// medians in milliseconds, their ratio, and how far apart the two builds' templates are.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

import { serveDist } from '../wasm/serve_dist.mjs';
import { inChromium } from './chromium_page.mjs';

const [photo, old, rounds = '10'] = process.argv.slice(2);
if (old === undefined) {
  console.error('usage: node tests/bench/photos_in_turn.mjs PHOTO OLD_DIST [ROUNDS]');
  process.exit(2);
}
const sharp = createRequire(new URL('../../wasm/package.json', import.meta.url))('sharp');
const [width, height] = [3000, 4000];

/** Grain of several sizes, so that files are as long as a camera's and resemble leaves or gravel. */
async function grain(side) {
  const create = { width: side, height: Math.round((side * 4) / 3), channels: 3 };
  const noise = { type: 'gaussian', mean: 128, sigma: 30 };
  const small = await sharp({ create: { ...create, background: 'grey', noise } })
    .png()
    .toBuffer();
  const input = await sharp(small).resize(width, height, { fit: 'fill' }).png().toBuffer();
  return { input, blend: 'soft-light' };
}

async function jpegs() {
  const fine = await grain(width);
  const upright = sharp(photo).rotate().resize(width, height, { fit: 'cover' }).composite([fine]);
  const face = await upright.jpeg({ quality: 90 }).toBuffer();
  const turned = await sharp(face)
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 90 })
    .toBuffer();
  const ground = sharp({ create: { width, height, channels: 3, background: '#7a8a60' } });
  const layers = [await grain(12), await grain(50), await grain(250), await grain(1000), fine];
  const faceless = await ground.composite(layers).jpeg({ quality: 90 }).toBuffer();
  return [face, turned, faceless].map((bytes) => bytes.toString('base64'));
}

/** Runs in a page of each build, kept as window.measure. */
async function prepare(base64s) {
  const [face, turned, faceless] = base64s.map(
    (text) => new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]),
  );
  const bitmap = await createImageBitmap(face);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  const visavis = await window.Visavis.load();
  const cases = {
    'face, from a Blob': () => visavis.enrol(face),
    'face, from a Blob on its side': () => visavis.enrol(turned),
    'face, from pixels': () => visavis.enrol(pixels),
    'no face, from a Blob': () => visavis.detect(faceless),
  };
  window.measure = async (name) => {
    const start = performance.now();
    const { embedding, faces } = await cases[name]();
    return {
      milliseconds: performance.now() - start,
      faces: faces.length,
      embedding: [...(embedding ?? [])],
    };
  };
  return Object.keys(cases);
}

const photos = await jpegs();
const servers = [await serveDist({ dist: resolve(old) }), await serveDist()];
await inChromium(servers[0].address, async (oldPage) => {
  const newPage = await oldPage.context().browser().newPage();
  await newPage.goto(servers[1].address);
  const pages = [oldPage, newPage];
  const [names] = await Promise.all(pages.map((page) => page.evaluate(prepare, photos)));
  for (const name of names) {
    const made = [[], []];
    for (let round = 0; round < Number(rounds) + 2; round++) {
      for (const [i, page] of pages.entries())
        made[i].push(await page.evaluate((which) => window.measure(which), name));
    }
    report(name, made);
  }
});
servers.forEach(({ server }) => server.close());

function report(name, made) {
  const [before, now] = made.map((list) => {
    const times = list.slice(2).map(({ milliseconds }) => milliseconds);
    return times.sort((a, b) => a - b)[times.length >> 1];
  });
  const [a, b] = made.map((list) => list[0]);
  const apart = Math.hypot(...a.embedding.map((value, i) => value - b.embedding[i]));
  console.log(
    `${name}: ${before.toFixed(0)} -> ${now.toFixed(0)} ms (${(now / before).toFixed(2)}), ` +
      `faces ${a.faces} -> ${b.faces}, templates ${apart.toExponential(1)} apart`,
  );
}
