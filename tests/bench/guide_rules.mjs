// Holds the rules of guide() against portraits: node tests/bench/guide_rules.mjs FOLDER [COUNT]
// FOLDER holds portraits from the front, as ../shared/data/frll.tar does; About COUNT of them are taken, evenly (default: all). Each is drawn
// into a frame of 1280x720 as a camera would see it: well placed, and made worse in one way at a time. Prints how the measures of well-placed
// frames lie (5%, 50%, 95%), and for each way which share of the frames every rule faults that applies at all; a frame's first
// fault is what a user would be told; rules that wait apply at once here, so that 'wipe-lens' stands for any blur. Needs ./run --build-only.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { advance, startGuidance } from '../../wasm/dist/page/guidance.js';
import { GUIDE_RULES, measured } from '../../wasm/dist/page/guide_rules.js';
import { Visavis } from '../../wasm/dist/node/index.js';

const [folder, count = '1e9'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node tests/bench/guide_rules.mjs FOLDER [COUNT]');
  process.exit(2);
}
if (!existsSync(folder)) {
  console.error(`${folder} is missing: skipped.`);
  process.exit(0);
}
const sharp = createRequire(new URL('../../wasm/package.json', import.meta.url))('sharp');
const [WIDTH, HEIGHT] = [1280, 720];

/** The portrait, `height` pixels high and moved off the middle, on a plain wall; then worsened. */
async function frameOf(
  photo,
  { height = 860, right = 0, down = -50, degrees = 0, wall = '#8c8f94', worsen = same },
) {
  const person = await sharp(photo).rotate().resize({ height }).toBuffer();
  const turned = degrees
    ? await sharp(person).rotate(degrees, { background: wall }).toBuffer()
    : person;
  const size = await sharp(turned).metadata();
  const [left, top] = [(WIDTH - size.width) / 2 + right, (HEIGHT - size.height) / 2 + down].map(
    Math.round,
  );
  // Only the part inside the frame: sharp refuses what reaches beyond it.
  const inside = {
    left: Math.max(0, -left),
    top: Math.max(0, -top),
    width: Math.min(size.width, WIDTH - left) - Math.max(0, -left),
    height: Math.min(size.height, HEIGHT - top) - Math.max(0, -top),
  };
  const input = await sharp(turned).extract(inside).toBuffer();
  const drawn = await sharp({
    create: { width: WIDTH, height: HEIGHT, channels: 3, background: wall },
  })
    .composite([{ input, left: Math.max(0, left), top: Math.max(0, top) }])
    .png({ compressionLevel: 1 })
    .toBuffer();
  const { data } = await worsen(sharp(drawn))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: WIDTH, height: HEIGHT, data };
}

const same = (image) => image;
/** An SVG of the frame's size laid over it. */
const over = (svg) => (image) =>
  image.composite([
    { input: Buffer.from(`<svg width="${WIDTH}" height="${HEIGHT}">${svg}</svg>`) },
  ]);
const sided = over(
  '<linearGradient id="g"><stop offset=".46" stop-opacity=".85"/><stop offset=".54" stop-opacity="0"/>' +
    '</linearGradient><rect width="100%" height="100%" fill="url(#g)"/>',
);
const glare = over('<ellipse cx="668" cy="385" rx="20" ry="28" fill="#fff"/>');

const SELFIES = {
  'well placed': {},
  'a little off': { right: 70, down: 10 },
  'to the right': { right: 220 },
  below: { down: 130 },
  'too far': { height: 480 },
  'too near': { height: 1500 },
  'leaning 20 degrees': { degrees: 20 },
  'light times 0.3': { worsen: (image) => image.linear(0.3, 0) },
  'light times 1.8': { worsen: (image) => image.linear(1.8, 10) },
  'light from the right': { worsen: sided },
  'blurred, sigma 3': { worsen: (image) => image.blur(3) },
  'blurred, sigma 5': { worsen: (image) => image.blur(5) },
  'blurred, sigma 8': { worsen: (image) => image.blur(8) },
};
const PAGE = { height: 480, right: 0, down: 0, wall: '#d9dde0' };
const DOCUMENTS = {
  'portrait on a page': PAGE,
  'small on a page': { ...PAGE, height: 330 },
  'far away': { ...PAGE, height: 230 },
  'light times 0.3': { ...PAGE, worsen: (image) => image.linear(0.3, 0) },
  glare: { ...PAGE, worsen: glare },
  'blurred, sigma 2': { ...PAGE, worsen: (image) => image.blur(2) },
  'blurred, sigma 4': { ...PAGE, worsen: (image) => image.blur(4) },
};

const visavis = await Visavis.load();
const photos = readdirSync(folder, { recursive: true })
  .filter((name) => /\.(jpe?g|png)$/i.test(name))
  .sort()
  .filter((_, place, { length }) => place % Math.ceil(length / Number(count)) === 0)
  .map((name) => join(folder, name));
console.log(`${photos.length} portraits, frames of ${WIDTH}x${HEIGHT}`);
await hold('selfie', SELFIES);
await hold('document', DOCUMENTS);
visavis.dispose();

async function hold(kind, ways) {
  const rules = GUIDE_RULES[kind];
  const settings = { rules: rules.map((rule) => ({ ...rule, after: 0 })), isAutomatic: true };
  const measures = [...new Set(rules.map(({ measure }) => measure))];
  for (const [name, way] of Object.entries(ways)) {
    const views = [];
    for (const photo of photos) {
      const frame = await frameOf(photo, way);
      // As guide() does it: what a quick look misses on a page is searched for.
      const previous =
        kind === 'document' ? ((await visavis.detect(frame)).faces[0] ?? null) : null;
      views.push(await visavis.track(frame, { previous }));
    }
    console.log(`\n${kind}, ${name}`);
    console.log(
      `  tracked: ${views.filter(({ face }) => face !== null).length} of ${views.length}`,
    );
    const faults = views.map(
      (view) => advance(startGuidance(settings, 0), settings, view, 0).fault?.hint ?? 'good',
    );
    console.log(`  first fault: ${shares(faults)}`);
    for (const measure of measures) {
      const values = views
        .map((view) => measured(measure, view))
        .filter((value) => !Number.isNaN(value))
        .sort((a, b) => a - b);
      const at = (share) =>
        values[Math.min(values.length - 1, Math.floor(share * values.length))]?.toPrecision(3);
      console.log(
        `  ${measure.padEnd(13)} ${[at(0), at(0.05), at(0.5), at(0.95), at(1)].join('  ')}`,
      );
    }
  }
}

/** "good 98.0%, blurred 2.0%" */
function shares(names) {
  const counts = grouped(names);
  return [...counts]
    .sort((a, b) => b[1].length - a[1].length)
    .map(([name, all]) => `${name} ${((100 * all.length) / names.length).toFixed(1)}%`)
    .join(', ');
}

function grouped(names) {
  const groups = new Map();
  for (const name of names) groups.set(name, [...(groups.get(name) ?? []), name]);
  return groups;
}
