import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type * as Sharp from 'sharp';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const wasmFolder = join(root, 'wasm');

/** The package's own sharp: tests/ has none. */
export const sharp = createRequire(join(wasmFolder, 'package.json'))('sharp') as typeof Sharp.default;

export interface TestPhotos {
  /** Two photos of one person, one of another. */
  readonly reference: string;
  readonly same: string;
  readonly other: string;
}

/**
 * VISAVIS_TEST_PHOTOS names a folder with a folder per person; else FRLL is unpacked where the
 * data lies beside the repository; else undefined, and the tests that need faces say they skip.
 */
export function findPhotos(): TestPhotos | undefined {
  const folder = process.env['VISAVIS_TEST_PHOTOS'];
  if (folder !== undefined) return fromPersonFolders(folder);
  const archive = join(root, '../shared/data/frll.tar');
  return existsSync(archive) ? fromFrll(archive) : undefined;
}

function fromPersonFolders(folder: string): TestPhotos {
  const people = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readdirSync(join(folder, entry.name)).sort().map((name) => join(folder, entry.name, name)));
  const pair = people.find((photos) => photos.length >= 2);
  const other = people.find((photos) => photos !== pair && photos.length > 0);
  if (pair === undefined || other === undefined) {
    throw new Error(`${folder} needs a folder each of two people, two photos of one of them`);
  }
  return { reference: pair[0] as string, same: pair[1] as string, other: other[0] as string };
}

function fromFrll(archive: string): TestPhotos {
  const cache = join(root, 'build/cache/frll');
  if (!existsSync(join(cache, 'frll/smiling_front'))) {
    mkdirSync(cache, { recursive: true });
    execFileSync('tar', ['-xf', archive, '-C', cache]);
  }
  const photos = (set: string): string[] =>
    readdirSync(join(cache, 'frll', set)).sort().map((name) => join(cache, 'frll', set, name));
  const neutral = photos('neutral_front');
  const smiling = photos('smiling_front');
  return { reference: neutral[0] as string, same: smiling[0] as string, other: neutral[1] as string };
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
