import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type * as Sharp from '../../wasm/node_modules/sharp/lib/index.js';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const wasmFolder = join(root, 'wasm');

/** The package's own sharp: tests/ has none. */
export const sharp = createRequire(join(wasmFolder, 'package.json'))(
  'sharp',
) as typeof Sharp.default;

export interface TestPhotos {
  /** Two photos of one person, one of another. */
  readonly reference: string;
  readonly same: string;
  readonly other: string;
}

/** FRLL where the data lies beside the repository; else faces cut from an npm package's photos. */
export async function findPhotos(): Promise<TestPhotos> {
  const archive = join(root, '../shared/data/frll.tar');
  return existsSync(archive) ? fromFrll(archive) : fromDemo();
}

function fromFrll(archive: string): TestPhotos {
  const cache = join(root, 'build/cache/frll');
  if (!existsSync(join(cache, 'frll/smiling_front'))) {
    mkdirSync(cache, { recursive: true });
    execFileSync('tar', ['-xf', archive, '-C', cache]);
  }
  const photos = (set: string): string[] =>
    readdirSync(join(cache, 'frll', set))
      .sort()
      .map((name) => join(cache, 'frll', set, name));
  const neutral = photos('neutral_front');
  const smiling = photos('smiling_front');
  return {
    reference: neutral[0] as string,
    same: smiling[0] as string,
    other: neutral[1] as string,
  };
}

/** Two people of the group photos in face-api's demo; one, re-lit and turned, stands for "same". */
async function fromDemo(): Promise<TestPhotos> {
  const demo = join(
    dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
    'demo',
  );
  const folder = await mkdtemp(join(tmpdir(), 'visavis-photos-'));
  const [reference, same, other] = ['reference', 'same', 'other'].map((name) =>
    join(folder, `${name}.jpg`),
  ) as [string, string, string];
  const size = { width: 560, height: 640 };
  await sharp(join(demo, 'sample5.jpg'))
    .extract({ left: 1250, top: 260, ...size })
    .jpeg()
    .toFile(reference);
  await sharp(join(demo, 'sample6.jpg'))
    .extract({ left: 60, top: 330, ...size })
    .jpeg()
    .toFile(other);
  await sharp(reference)
    .modulate({ brightness: 0.8, saturation: 0.7 })
    .rotate(5)
    .jpeg({ quality: 60 })
    .toFile(same);
  return { reference, same, other };
}

/** Upright RGBA of a photo, optionally resized, as ImageData would hold it. */
export async function pixelsOf(
  photo: string | Buffer,
  width?: number,
): Promise<{ width: number; height: number; data: Uint8Array }> {
  const image = sharp(photo).rotate().toColourspace('srgb').ensureAlpha();
  const { data, info } = await (width === undefined ? image : image.resize(width))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
