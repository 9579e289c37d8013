// Frames a second of track() in Chromium, of 640x480 and 1280x720, with somebody and with nobody in view:
//   node tests/bench/live_in_chromium.mjs PHOTO [SECONDS]
// PHOTO shows a face. Moved about it gives 30 frames in a camera's format (I420), which are made beforehand and sent over and over,
// each when the last was answered. Prints frames a second, median and 95th percentile of a frame's milliseconds, and how much of the median is the
// core's own (the same frame given to the engine in the page's thread). Then all once more with the whole browser slowed about four
// times: taskset binds it and three busy loops to one processor (DevTools' slowing does not reach workers). How much slower it
// is the core's time tells. Needs ./run --build-only, and taskset (util-linux).
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { serveDist } from '../wasm/serve_dist.mjs';
import { inChromium } from './chromium_page.mjs';

const isSlowed = process.argv.includes('--slowed'); // How this file calls itself.
const [photo, seconds = '5'] = process.argv.slice(2).filter((word) => word !== '--slowed');
if (photo === undefined) {
  console.error('usage: node tests/bench/live_in_chromium.mjs PHOTO [SECONDS]');
  process.exit(2);
}
if (!existsSync(photo)) {
  console.error(`${photo} is missing: skipped. Any portrait will do, ../shared/data/frll.tar say.`);
  process.exit(0);
}
/** With these at its side, Chromium gets about a quarter of its processor. */
const BUSY_LOOPS = 3;
const SLOWED_ON = '0';
const SIZES = [
  [640, 480],
  [1280, 720],
];
const sharp = createRequire(new URL('../../wasm/package.json', import.meta.url))('sharp');
const portrait = await sharp(photo).rotate().resize({ height: 700 }).png().toBuffer();

/** What the page does once: models loaded, the portrait at hand, an engine in its own thread. */
async function prepare([base64, models]) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { default: createModule } = await import('/visavis.mjs');
  const { Engine } = await import('/worker/engine.js');
  window.visavis = await window.Visavis.load();
  const name = window.visavis.variant === 'relaxed' ? 'visavis-relaxed' : 'visavis';
  const wasmBinary = await (await fetch(`/${name}.wasm`)).arrayBuffer();
  const module = await createModule({ wasmBinary });
  const files = {};
  for (const [role, file] of Object.entries(models))
    files[role] = {
      bytes: new Uint8Array(await (await fetch(`/models/${file}.visavis`)).arrayBuffer()),
      source: file,
    };
  window.engine = Engine.create(module, files);
  window.portrait = await createImageBitmap(new Blob([bytes(base64)]));
  return window.visavis.variant;
}

/** Milliseconds of every frame, and of the core alone for some of them. */
async function run([width, height, isThere, seconds]) {
  const { rowsOfPixels } = await import('/shared/rows.js');
  const { portrait, visavis, engine } = window;
  const draw = (frame) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.fillStyle = '#7a8078';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#5c4a3a'; // A room: a door and a shelf, so that nobody is not nothing.
    context.fillRect(width * 0.1, height * 0.2, width * 0.15, height * 0.8);
    for (let i = 0; i < 6; i++)
      context.fillRect(width * 0.7, height * (0.1 + i * 0.12), width * 0.25, 6);
    if (!isThere) return canvas;
    const tall = height * 0.95;
    const wide = (tall * portrait.width) / portrait.height;
    const x = (width - wide) / 2 + Math.sin(frame / 15) * width * 0.08;
    context.drawImage(
      portrait,
      x,
      height * 0.05 + Math.sin(frame / 23) * height * 0.03,
      wide,
      tall,
    );
    return canvas;
  };
  let previous = null;
  let found = 0;
  const times = [];
  const canvases = Array.from({ length: 30 }, (_, place) => draw(place));
  const planes = canvases.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const luma = width * height;
    const yuv = new Uint8Array(luma * 1.5).fill(128);
    const at = (pixel, [r, g, b]) =>
      r * data[4 * pixel] + g * data[4 * pixel + 1] + b * data[4 * pixel + 2];
    for (let i = 0; i < luma; i++) yuv[i] = 16 + (219 / 255) * at(i, [0.299, 0.587, 0.114]);
    for (let y = 0; y < height; y += 2)
      for (let x = 0; x < width; x += 2) {
        const to = luma + (y / 2) * (width / 2) + x / 2;
        const from = y * width + x;
        yuv[to] = 128 + (224 / 255) * at(from, [-0.1687, -0.3313, 0.5]);
        yuv[to + luma / 4] = 128 + (224 / 255) * at(from, [0.5, -0.4187, -0.0813]);
      }
    return yuv;
  });
  const frameOf = (place) =>
    new VideoFrame(planes[place % planes.length], {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp: 0,
      colorSpace: {
        matrix: 'smpte170m',
        primaries: 'bt709',
        transfer: 'iec61966-2-1',
        fullRange: false,
      },
    });
  const warmUp = 10;
  const end = performance.now() + seconds * 1000;
  const start = [];
  for (let frame = 0; frame < warmUp + 5 || performance.now() < end; frame++) {
    if (frame === warmUp) start.push(performance.now());
    const sent = frameOf(frame);
    const view = await visavis.track(sent, { previous });
    sent.close();
    previous = view.face;
    if (frame < warmUp) continue;
    times.push(view.milliseconds);
    if (view.face !== null) found++;
  }
  const passed = performance.now() - start[0];
  const scale = Math.min(1, 640 / width);
  const small = new OffscreenCanvas(width * scale, height * scale).getContext('2d');
  small.drawImage(canvases[0], 0, 0, width * scale, height * scale);
  const pixels = rowsOfPixels(small.getImageData(0, 0, width * scale, height * scale));
  const core = [];
  let last = null;
  for (let i = 0; i < 30; i++) {
    const begin = performance.now();
    last = (await engine.track(pixels, last)).face;
    core.push(performance.now() - begin);
  }
  return { times, passed, found, core };
}

const at = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];

async function measure(label) {
  const { server, address } = await serveDist();
  await inChromium(address, async (page) => {
    const models = {
      nearDetector: 'blazeface-near',
      farDetector: 'blazeface-far',
      landmarks: 'landmarks68',
      embedder: 'embedder',
      confirmation: 'confirmation',
    };
    const variant = await page.evaluate(prepare, [portrait.toString('base64'), models]);
    for (const [width, height] of SIZES) {
      for (const isThere of [true, false]) {
        const { times, passed, found, core } = await page.evaluate(run, [
          width,
          height,
          isThere,
          Number(seconds),
        ]);
        const rate = (1000 * times.length) / passed;
        console.log(
          `${label}, ${variant}, ${width}x${height}, ${isThere ? 'somebody' : 'nobody  '}: ` +
            `${rate.toFixed(0)} frames/s, ${at(times, 0.5).toFixed(1)} ms (95%: ${at(times, 0.95).toFixed(1)}), ` +
            `core ${at(core, 0.5).toFixed(1)} ms; found in ${found} of ${times.length}`,
        );
      }
    }
  });
  server.close();
}

/** Runs this file again, bound to one processor together with busy loops. */
function measureSlowed() {
  const bound = ['-c', SLOWED_ON, process.execPath];
  const loops = Array.from({ length: BUSY_LOOPS }, () =>
    spawn('taskset', [...bound, '-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    const file = fileURLToPath(import.meta.url);
    execFileSync('taskset', [...bound, file, photo, seconds, '--slowed'], { stdio: 'inherit' });
  } finally {
    for (const loop of loops) loop.kill();
  }
}

await measure(isSlowed ? 'slowed' : 'plain');
if (!isSlowed) measureSlowed();
