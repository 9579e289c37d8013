import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Browser } from 'playwright-core';

import { type FilePayload, root } from './browser.js';

/** Photos of groups of people, inside an npm package under the MIT licence. */
const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);

/** Five people. */
export const GROUP = join(demo, 'sample5.jpg');

/** What is done to a photo, by the browser's canvas. */
export interface Edit {
  readonly source: string;
  /** left, top, width, height in pixels of the source; the whole photo by default. */
  readonly crop?: readonly [number, number, number, number];
  readonly degrees?: number;
  /** CSS filter. */
  readonly filter?: string;
  readonly type?: string;
  readonly quality?: number;
  readonly width?: number;
}

/** Three women of the group photos, each alone. */
export const ANNA: Edit = { source: GROUP, crop: [1250, 260, 560, 640] };
export const BELLA: Edit = { source: join(demo, 'sample6.jpg'), crop: [60, 330, 560, 640] };

/** The same photo as another camera might have seen it. */
export function relit(edit: Edit): Edit {
  return {
    ...edit,
    degrees: 5,
    filter: 'brightness(0.8) contrast(1.15) saturate(0.7)',
    quality: 0.6,
  };
}

/** The same, once more: neither it nor `relit` is taken for the other's copy. */
export function anotherOf(edit: Edit): Edit {
  return { ...edit, degrees: -8, filter: 'brightness(1.2) contrast(0.9)', quality: 0.5 };
}

export async function edited(browser: Browser, edit: Edit): Promise<FilePayload> {
  const page = await browser.newPage();
  try {
    const source = `data:image/jpeg;base64,${readFileSync(edit.source).toString('base64')}`;
    const url = await page.evaluate(draw, { ...edit, source });
    const mimeType = edit.type ?? 'image/jpeg';
    return { name: 'photo.jpg', mimeType, buffer: Buffer.from(url.split(',')[1] ?? '', 'base64') };
  } finally {
    await page.close();
  }
}

/** Runs in the browser. */
async function draw({
  source,
  crop,
  degrees = 0,
  filter = 'none',
  type = 'image/jpeg',
  quality = 0.92,
  width,
}: Edit) {
  const image = new Image();
  image.src = source;
  await image.decode();
  const [left, top, w, h] = crop ?? [0, 0, image.width, image.height];
  const scale = width === undefined ? 1 : width / w;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(w * scale);
  canvas.height = Math.round(h * scale);
  const context = canvas.getContext('2d')!;
  context.filter = filter;
  context.scale(scale, scale);
  context.translate(w / 2, h / 2);
  context.rotate((degrees * Math.PI) / 180);
  context.drawImage(image, -left - w / 2, -top - h / 2);
  return canvas.toDataURL(type, quality);
}

/** Passport-like portraits of people who agreed to it: neutral and smiling, where the data lies beside the project. */
export function portraits(person: string): { neutral: string; smiling: string } | undefined {
  const archive = join(root, '../shared/data/frll.tar');
  if (!existsSync(archive)) return undefined;
  const cache = join(root, 'build/cache/frll');
  if (!existsSync(join(cache, 'frll/smiling_front'))) {
    mkdirSync(cache, { recursive: true });
    execFileSync('tar', ['-xf', archive, '-C', cache]);
  }
  return {
    neutral: join(cache, `frll/neutral_front/${person}_03.jpg`),
    smiling: join(cache, `frll/smiling_front/${person}_08.jpg`),
  };
}
