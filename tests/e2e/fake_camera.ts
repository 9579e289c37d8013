import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sharp } from '../wasm/photos.js';

/** Of the frames of a fake camera. */
const [WIDTH, HEIGHT] = [1280, 720];

/** A portrait in a frame. */
export interface Person {
  /** File of the portrait. */
  portrait: string;
  /** Height of the portrait in pixels; of FRLL's the face has 0.36 of it. */
  height?: number;
  /** From the frame's middle, in pixels. */
  right?: number;
  down?: number;
  /** Factor of all light. */
  light?: number;
  /** Sigma in pixels. */
  blur?: number;
}

/** A camera of Chromium that shows what a file holds, read anew whenever the camera is opened. */
export class FakeCamera {
  private readonly file = join(mkdtempSync(join(tmpdir(), 'visavis-camera-')), 'camera.mjpeg');
  readonly flags = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${this.file}`,
  ];

  /** From the next opening on. Portraits lie on a plain wall, those named later over the others. */
  async show(...people: readonly Person[]): Promise<void> {
    const layers = await Promise.all(people.map(layerOf));
    const picture = sharp(
      await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#a9adb3' } })
        .composite(layers)
        .png({ compressionLevel: 1 })
        .toBuffer(),
    );
    const { light = 1, blur = 0 } = people[0] ?? {};
    if (light !== 1) picture.linear(light, 0);
    if (blur > 0) picture.blur(blur);
    const jpeg = await picture.jpeg({ quality: 92 }).toBuffer();
    // Chromium wants several frames to begin with, and goes round.
    const next = `${this.file}.next`;
    writeFileSync(next, Buffer.concat([jpeg, jpeg, jpeg]));
    renameSync(next, this.file);
  }
}

async function layerOf({ portrait, height = 860, right = 0, down = -40 }: Person) {
  const { data, info } = await sharp(portrait)
    .rotate()
    .resize({ height })
    .toBuffer({ resolveWithObject: true });
  const left = Math.round((WIDTH - info.width) / 2 + right);
  const top = Math.round((HEIGHT - info.height) / 2 + down);
  // What reaches beyond the frame is cut off first.
  const inside = {
    left: Math.max(0, -left),
    top: Math.max(0, -top),
    width: Math.min(info.width, WIDTH - left) - Math.max(0, -left),
    height: Math.min(info.height, HEIGHT - top) - Math.max(0, -top),
  };
  const input = await sharp(data).extract(inside).toBuffer();
  return { input, left: Math.max(0, left), top: Math.max(0, top) };
}
