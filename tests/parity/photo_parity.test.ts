import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Browser, chromium, type JSHandle, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { decodeFile } from '../../wasm/dist/node/decode.js';
import { root } from '../wasm/photos.js';
import { serveDist } from '../wasm/serve_dist.mjs';
import {
  type Fixture,
  foreigners,
  jpegFates,
  pngs,
  pngsOfAnotherProfile,
  webps,
} from './photo_fixtures.js';

// The command line, the package in node and the package on a page read the same photos alike: the
// same pixels over white, or a refusal of the same code, in the same words where a photo's own
// fault is named.

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const tool = join(root, 'build/native/photo_parity');

type Decoder = typeof import('../../wasm/dist/browser/decode.js');

interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}
type Answer = Picture | { code: string; message: string };

const folder = await mkdtemp(join(tmpdir(), 'visavis-photos-'));
const fixtures = existsSync(tool) ? await allFixtures() : [];

async function allFixtures(): Promise<Fixture[]> {
  const made = join(folder, 'made');
  mkdirSync(made);
  execFileSync(tool, ['write', made]);
  const byTool = readdirSync(made).map((name) => ({
    name,
    bytes: readFileSync(join(made, name)),
    isRead: !name.startsWith('arithmetic'),
  }));
  const mistreated = byTool.filter(({ name }) =>
    /^(baseline|progressive|restart|progressive_restart|scan_each|411|420|420_progressive|grey|adobe_ycck)\.jpg$/.test(
      name,
    ),
  );
  return [
    ...byTool,
    ...mistreated.flatMap(({ name, bytes }) => jpegFates(name, bytes)),
    ...byTool
      .filter(({ name }) => /\.(avif|heic)$/.test(name))
      .map(({ name, bytes }) => ({
        name: `${name}, half`,
        bytes: bytes.subarray(0, bytes.length >> 1),
        isRead: false,
      })),
    ...pngs(),
    ...pngsOfAnotherProfile(
      readFileSync(join(made, 'swapped.png')),
      readFileSync(join(made, 'grey_profile.png')),
    ),
    ...(await webps()),
    ...foreigners(),
  ];
}

/** As core/image/image.cpp lays it over white. */
function overWhite({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3]!;
    for (let c = 0; c < 3; c++)
      rgb[3 * i + c] = Math.floor((data[4 * i + c]! * alpha + 255 * (255 - alpha) + 127) / 255);
  }
  return { width, height, rgb };
}

const refusal = (error: unknown): Answer => {
  const { code, message } = error as { code: string; message: string };
  return { code, message };
};

function nativeAnswer(path: string): Answer {
  if (existsSync(`${path}.error`)) {
    const [, code, message] = /^(\d+) [^:]*: (.*)$/s.exec(readFileSync(`${path}.error`, 'utf8'))!;
    return {
      code: { 2: 'unreadable-image', 3: 'image-too-large' }[Number(code)] ?? code!,
      message: message!,
    };
  }
  const file = readFileSync(`${path}.rgb`);
  const [head, width, height] = /^P6\n(\d+) (\d+)\n255\n/.exec(file.toString('latin1', 0, 40))!;
  return { width: Number(width), height: Number(height), rgb: file.subarray(head!.length) };
}

/** Largest and mean difference of a sample; infinite where the sizes differ. */
function differences(a: Picture, b: Picture): { largest: number; mean: number } {
  if (a.width !== b.width || a.height !== b.height) return { largest: Infinity, mean: Infinity };
  const apart = a.rgb.map((value, i) => Math.abs(value - b.rgb[i]!));
  return {
    largest: Math.max(...apart),
    mean: apart.reduce((sum, value) => sum + value, 0) / apart.length,
  };
}

/** Without the file's name, the capital and the full stop. */
const words = (message: string): string => message.replace(/\.$/, '').toLowerCase();

describe.skipIf(fixtures.length === 0)('photos are read alike', () => {
  const native: Answer[] = [];
  beforeAll(() => {
    const paths = fixtures.map((_, i) => join(folder, String(i)));
    paths.forEach((path, i) => writeFileSync(path, fixtures[i]!.bytes));
    execFileSync(tool, ['read', ...paths]);
    native.push(...paths.map(nativeAnswer));
  });

  /** What is wrong with an answer that should be that of the command line; '' for nothing. */
  function complaint(
    i: number,
    answer: Answer,
    tolerance: { largest: number; mean: number },
  ): string {
    const expected = native[i]!;
    if ('code' in expected || 'code' in answer) {
      if (!('code' in expected) || !('code' in answer)) return JSON.stringify({ expected, answer });
      const isDamaged = expected.message.includes('is damaged or unusual');
      const agree =
        expected.code === answer.code &&
        (isDamaged || words(expected.message) === words(answer.message));
      return agree ? '' : JSON.stringify({ expected, answer });
    }
    const { largest, mean } = differences(expected, answer);
    return largest <= tolerance.largest && mean <= tolerance.mean
      ? ''
      : `${largest} at most, ${mean} on average`;
  }

  test('the command line reads what it should and refuses the rest', () => {
    const wrong = fixtures.filter(({ isRead }, i) => isRead === 'code' in native[i]!);
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(native.filter((answer) => !('code' in answer)).length).toBeGreaterThan(200);
  });

  test('in node', async () => {
    const wrong: string[] = [];
    for (const [i, { name, bytes }] of fixtures.entries()) {
      const answer = await decodeFile(new Uint8Array(bytes)).then(overWhite, refusal);
      // Roundings of two colour managements; HEIC comes from another version of libheif.
      const said = complaint(i, answer, { largest: /avif|heic/.test(name) ? 6 : 2, mean: 1 });
      if (said !== '') wrong.push(`${name}: ${said}`);
    }
    expect(wrong).toEqual([]);
  });

  describe.skipIf(!existsSync(executablePath))('in Chromium', () => {
    let server: Server;
    let browser: Browser;
    let page: Page;
    let module: JSHandle<Decoder>;
    beforeAll(async () => {
      const served = await serveDist();
      server = served.server;
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
      page = await browser.newPage();
      await page.goto(served.address);
      module = await page.evaluateHandle<Decoder>("import('/browser/decode.js')");
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
    });

    test('on a page', async () => {
      const answers = await page.evaluate(decodeOnPage, {
        module,
        files: fixtures.map(({ bytes }) => bytes.toString('base64')),
      });
      const wrong: string[] = [];
      for (const [i, { name, isRead }] of fixtures.entries()) {
        const found = answers[i]!;
        const answer =
          'data' in found
            ? overWhite({ ...found, data: Buffer.from(found.data, 'base64') })
            : found;
        if (/heic/.test(name) && isRead && 'code' in answer) {
          // This browser has no HEVC, and says so.
          if (!/^This browser cannot open HEIC photos.*JPEG\.$/.test(answer.message))
            wrong.push(`${name}: ${answer.message}`);
          continue;
        }
        // The browser's AVIF decoder has a better idea of what chroma lies between its samples.
        const said = complaint(
          i,
          answer,
          /avif/.test(name) ? { largest: 30, mean: 2 } : { largest: 3, mean: 1 },
        );
        if (said !== '') wrong.push(`${name}: ${said}`);
      }
      expect(wrong).toEqual([]);
    });
  });
});

type PageAnswer =
  { width: number; height: number; data: string } | { code: string; message: string };

/** Runs in the browser: pixels, in base64, or what openPhoto rejects with. */
async function decodeOnPage({
  module: { openPhoto },
  files,
}: {
  module: Decoder;
  files: string[];
}): Promise<PageAnswer[]> {
  const answers: PageAnswer[] = [];
  for (const base64 of files) {
    try {
      const rows = await openPhoto(
        new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
      );
      const { width, height } = rows;
      const data = btoa(
        Array.from(rows.rows(0, height), (byte) => String.fromCharCode(byte)).join(''),
      );
      rows.close();
      answers.push({ width, height, data });
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      answers.push({ code, message });
    }
  }
  return answers;
}
