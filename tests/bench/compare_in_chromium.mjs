// Times comparisons of two 2-megapixel JPEG photos in Chromium, models loaded, both embedded afresh:
//   node tests/bench/compare_in_chromium.mjs REFERENCE PROBE [ROUNDS]
// and the first verdict from a cold cache, from opening the page. Prints medians in milliseconds.
import { createRequire } from 'node:module';

import { serveDist } from '../wasm/serve_dist.mjs';
import { inChromium } from './chromium_page.mjs';

const [reference, probe, rounds = '30'] = process.argv.slice(2);
if (probe === undefined) {
  console.error('usage: node tests/bench/compare_in_chromium.mjs REFERENCE PROBE [ROUNDS]');
  process.exit(2);
}
const sharp = createRequire(new URL('../../wasm/package.json', import.meta.url))('sharp');
const twoMegapixels = async (path) =>
  (
    await sharp(path).rotate().resize(1600, 1250, { fit: 'cover' }).jpeg({ quality: 90 }).toBuffer()
  ).toString('base64');
const photos = [await twoMegapixels(reference), await twoMegapixels(probe)];

const { server, address } = await serveDist();
const { first, warm } = await inChromium(address, (page) =>
  page.evaluate(
    async ([base64s, count]) => {
      const blobs = base64s.map(
        (text) => new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]),
      );
      const loading = performance.now();
      const visavis = await window.Visavis.load();
      const compare = async () => {
        const start = performance.now();
        const [a, b] = await Promise.all(blobs.map((blob) => visavis.enrol(blob)));
        await visavis.verify(a, b);
        return performance.now() - start;
      };
      await compare();
      const first = performance.now() - loading;
      const warm = [];
      for (let i = 0; i < count; i++) warm.push(await compare());
      return { first, warm: warm.sort((x, y) => x - y) };
    },
    [photos, Number(rounds)],
  ),
);
const at = (share) => Math.round(warm[Math.floor((warm.length - 1) * share)]);
console.log(`first verdict, files and models loaded over loopback: ${Math.round(first)} ms`);
console.log(
  `a comparison, both photos embedded afresh: median ${at(0.5)} ms (${at(0)} to ${at(1)}, ${warm.length} runs)`,
);
server.close();
