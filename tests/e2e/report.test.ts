import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { type Report, withoutPhotos } from '../../web/src/report/report.js';
import { reportDocument } from '../../web/src/report/report_html.js';
import { PICTURE, sampleReport } from '../web/report_double.js';
import {
  choose,
  type FilePayload,
  launch,
  open,
  type Opened,
  outcome,
  serve,
  type Site,
} from './browser.js';
import { shoot, smallTargets } from './looking.js';
import { ANNA, BELLA, edited, relit } from './photos.js';

const HOSTILE = `"><img src=x onerror='document.title="broken out"'>\u202egpj.jpg`;

let browser: Browser;
let site: Site;
let opened: Opened;
let page: Page;
let anna: FilePayload;
let selfie: FilePayload;
const folder = mkdtempSync(join(tmpdir(), 'visavis-report-'));
// One page for all, in dark colours, for paper is light whatever the page is.
beforeAll(async () => {
  browser = await launch();
  site = await serve();
  anna = { ...(await edited(browser, ANNA)), name: HOSTILE };
  selfie = await edited(browser, relit(ANNA));
  opened = await open(browser, site, { colorScheme: 'dark' });
  page = opened.page;
  await choose(page, 'passport', anna);
  await choose(page, 'selfie', selfie);
  await outcome(page);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await browser.close();
  site.close();
});
afterEach(() => expect(opened.complaints).toEqual([]));

/** Saves by the dialog; returns the file's path. */
async function save(button: '#report-html' | '#report-json'): Promise<string> {
  if (!(await page.locator('#report').isVisible()))
    await page.locator('#save-report').press('Enter');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(button).press('Enter'),
  ]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

interface PrintedFile {
  readonly text: string;
  readonly pages: number;
  /** Of the first page, in millimetres. */
  readonly size: [number, number];
  /** Anything but the file itself. */
  readonly requests: string[];
  readonly complaints: string[];
  readonly title: string;
  readonly pictures: number[];
}

/** The file opened by itself and printed. */
async function print(path: string): Promise<PrintedFile> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const [requests, complaints]: [string[], string[]] = [[], []];
  const address = pathToFileURL(path).href;
  page.on('request', (request) => request.url() !== address && requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address, { waitUntil: 'load' });
  const text = await page.locator('body').innerText();
  const title = await page.title();
  const pictures = await page
    .locator('img')
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  const paper = paperOf(await page.pdf({ preferCSSPageSize: true }));
  await context.close();
  return { text, title, requests, complaints, pictures, ...paper };
}

function paperOf(pdf: Buffer): Pick<PrintedFile, 'pages' | 'size'> {
  const text = pdf.toString('latin1');
  const box = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text);
  const millimetres = (points: string | undefined) => Math.round((Number(points) / 72) * 25.4);
  return {
    pages: text.match(/\/Type \/Page\b/g)?.length ?? 0,
    size: [millimetres(box?.[1]), millimetres(box?.[2])],
  };
}

const A4 = [210, 297];

describe('the saved report', () => {
  test('opens without a request or a complaint, prints on one page, and names stay names', async () => {
    await page.locator('body[data-has-report]').waitFor();
    await page.locator('#save-report').press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('report-html');
    expect(await smallTargets(page)).toEqual([]);
    await shoot(page, 'report-dialog');
    const path = await save('#report-html');
    expect(path).toMatch(/visavis-report-\d{4}-\d\d-\d\d-\d{6}\.html$/);
    expect(readFileSync(path, 'utf8')).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:;`,
    );
    const printed = await print(path);
    expect(printed).toMatchObject({ pages: 1, size: A4, requests: [], complaints: [] });
    expect(printed.title).toBe('visavis report: The photos match');
    expect(printed.text).toContain(
      `"><img src=x onerror='document.title="broken out"'>\\u{202e}gpj.jpg`,
    );
    expect(printed.pictures).toEqual([128, 128]);
    expect(await page.locator('#report').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('save-report');
  });

  test('as JSON holds the same figures, and says which files were compared', async () => {
    const { text } = await print(await save('#report-html'));
    const report = JSON.parse(readFileSync(await save('#report-json'), 'utf8')) as Report;
    const distance = await page.locator('.scale-marker').textContent();
    expect(report.decision.distance.toFixed(2)).toBe(distance);
    for (const [photo, file] of [
      [report.photos.passport, anna],
      [report.photos.selfie, selfie],
    ] as const) {
      expect(photo).toMatchObject({
        name: file.name,
        bytes: file.buffer.length,
        sha256: createHash('sha256').update(file.buffer).digest('hex'),
        width: 560,
        height: 640,
        capture: 'file',
      });
      expect(text).toContain(photo.sha256!);
      expect(text).toContain(`brightness ${photo.quality.brightness.toFixed(0)} of 255`);
    }
    const { made, decision, words } = report;
    expect(made.model.sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const figure of [
      decision.distance.toFixed(3),
      decision.bounds.match.toFixed(3),
      decision.odds,
      made.visavis,
      made.model.name,
      made.model.sha256!,
      made.browser,
      words.evidence,
    ]) {
      expect(text).toContain(figure);
    }
    expect(text).toContain(made.time.slice(11, 19));
  });

  test('without photos has none in either form', async () => {
    await page.locator('#save-report').click();
    await page.getByLabel('Leave the photos out').check();
    const html = await save('#report-html');
    const { pictures, pages, text } = await print(html);
    expect([pictures, pages]).toEqual([[], 1]);
    expect(text).toContain('saved without the photos');
    const json = readFileSync(await save('#report-json'), 'utf8');
    await page.locator('#save-report').click();
    await page.getByLabel('Leave the photos out').uncheck();
    await page.keyboard.press('Escape');
    expect(`${readFileSync(html, 'utf8')}${json}`).not.toContain('data:image');
  });

  test('fills one page however long its words are', async () => {
    const sentence = 'The face is blurred: hold the camera still and let it focus.';
    const issues = Array.from({ length: 4 }, (_, i) => ({ code: `${i}`, message: sentence }));
    const longest = sampleReport({
      name: `${'W'.repeat(251)}.jpg`,
      issues,
      browser: 'Mozilla/5.0 '.repeat(40),
      facts: { sha256: null, picture: PICTURE, alignedFace: PICTURE },
      pair: {
        byEye: {
          ears: 'unclear',
          brows: 'unclear',
          nose: 'unclear',
          scars: 'unclear',
          moles: 'unclear',
        },
      },
    });
    const words = {
      ...longest.words,
      cause: sentence.repeat(4),
      evidence: sentence.repeat(3),
      limits: sentence.repeat(3),
    };
    for (const report of [{ ...longest, words }, withoutPhotos(longest)]) {
      const path = join(folder, 'longest.html');
      writeFileSync(path, reportDocument(report));
      expect(await print(path)).toMatchObject({ pages: 1, size: A4, complaints: [] });
    }
  });
});

describe('the page on paper', () => {
  test('is the report, light and on one page, even in dark colours', async () => {
    await page.locator('body[data-has-report]').waitFor();
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate(() => ({
      ground: getComputedStyle(document.documentElement).backgroundColor,
      ink: getComputedStyle(document.documentElement).getPropertyValue('--ink'),
      shown: [...document.body.children]
        .filter((element) => getComputedStyle(element).display !== 'none')
        .map(({ id, tagName }) => id || tagName),
      buttons: [...document.querySelectorAll('button')].filter((button) => button.checkVisibility())
        .length,
    }));
    expect(seen).toEqual({
      ground: 'rgb(255, 255, 255)',
      ink: '#13151e',
      shown: ['printed-report'],
      buttons: 0,
    });
    const text = await page.locator('#printed-report .report').innerText();
    for (const words of ['The photos match', 'Checked by', '\\u{202e}gpj.jpg']) {
      expect(text).toContain(words);
    }
    await shoot(page, 'printed-report');
    expect(paperOf(await page.pdf({ preferCSSPageSize: true }))).toEqual({ pages: 1, size: A4 });
    await page.emulateMedia({ media: 'screen' });
    expect(await page.locator('#printed-report').isVisible()).toBe(false);
  });

  test('follows what is on the page: another selfie, then none', async () => {
    const sheet = page.locator('#printed-report .report');
    await expect.poll(() => sheet.getAttribute('data-outcome')).toBe('match');
    await choose(page, 'selfie', await edited(browser, BELLA));
    await expect.poll(() => sheet.getAttribute('data-outcome')).toBe('mismatch');
    await page.locator('#selfie .remove').click();
    await expect.poll(() => sheet.count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#headline').isVisible()).toBe(true);
    expect(await page.locator('button:visible').count()).toBe(0);
  });
});
