import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Decision } from '../../wasm/dist/index.js';
import { stepsAfter } from '../../web/src/compare/steps.js';
import { html, shownName } from '../../web/src/report/markup.js';
import {
  type Report,
  reportFileName,
  reportJson,
  withoutPhotos,
} from '../../web/src/report/report.js';
import { reportDocument } from '../../web/src/report/report_html.js';
import { localTime } from '../../web/src/shared/local_time.js';
import { PICTURE, sampleReport } from './report_double.js';

/** A name that tries all that a name can: markup, an attribute's end, an entity, and letters that turn writing round. */
const HOSTILE = `"><script>alert(1)</script>'&amp;</style>\n\u202egpj.exe`;

let timeZone: string | undefined;
beforeEach(() => {
  timeZone = process.env['TZ'];
  process.env['TZ'] = 'Asia/Kathmandu';
});
afterEach(() => {
  if (timeZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = timeZone;
});

describe('the record', () => {
  test('holds what was seen, as numbers', () => {
    const report = sampleReport();
    expect(report).toMatchObject({
      schema: 'visavis/report/1',
      made: {
        visavis: '1.2.3',
        model: { name: 'double-00000000', sha256: 'cd'.repeat(32) },
        time: '2026-11-29T03:28:57+05:45',
        timeZone: 'Asia/Kathmandu',
      },
      words: { headline: 'The photos match', policy: 'Balanced' },
      decision: {
        outcome: 'match',
        distance: 0.6123,
        bounds: { match: 0.9, matchIfGood: 1, mismatch: 1.3 },
        odds: 'about 1 in 1,000',
        measuredOn: 'made up for tests',
      },
      byEye: [],
    });
    expect(report.photos.passport).toMatchObject({
      name: 'passport.jpg',
      bytes: 20,
      width: 400,
      height: 500,
      capture: 'camera',
      faces: 2,
      confidence: 0.9,
      sha256: 'ab'.repeat(32),
      quality: { eyeDistance: 83.4 },
    });
  });

  test('lists what was found by eye in the order of the list', () => {
    const { byEye } = sampleReport({ pair: { byEye: { moles: 'differs', ears: 'alike' } } });
    expect(byEye).toEqual([
      { feature: 'ears', finding: 'alike' },
      { feature: 'moles', finding: 'differs' },
    ]);
  });

  test('is the JSON, with the same figures as the HTML', () => {
    const report = sampleReport();
    const read = JSON.parse(reportJson(report)) as Report;
    expect(read).toEqual(report);
    const page = reportDocument(read);
    for (const figure of [
      read.decision.distance.toFixed(3),
      read.decision.bounds.mismatch.toFixed(3),
      read.photos.passport.sha256,
      read.photos.selfie.name,
      `${read.photos.selfie.width} × ${read.photos.selfie.height} pixels, 20 bytes`,
      `${read.photos.selfie.quality.eyeDistance.toFixed(0)} pixels`,
      'brightness 73 of 255, contrast 33',
      'turned 34° to the left',
      read.made.model.sha256,
      '2026-11-29 03:28:57 +05:45',
      'Checked by',
      read.words.limits,
    ]) {
      expect(page).toContain(figure);
    }
  });

  test('without photos holds no picture, in neither form', () => {
    const bare = withoutPhotos(sampleReport());
    expect(reportJson(sampleReport())).toContain(PICTURE);
    expect(reportJson(bare)).not.toContain('data:');
    const page = reportDocument(bare);
    expect(page).not.toContain('data:image');
    expect(page).toContain('saved without the photos');
    // The photos' own figures stay: they say which files were compared.
    expect(page).toContain('ab'.repeat(32));
  });

  test('names its file after the time of the comparison', () => {
    expect(reportFileName(sampleReport())).toBe('visavis-report-2026-11-29-032857');
  });
});

test('local time is told with its distance from UTC, on either side', () => {
  const date = new Date('2026-01-02T03:04:05.678Z');
  expect(localTime(date)).toBe('2026-01-02T08:49:05+05:45');
  process.env['TZ'] = 'America/St_Johns';
  expect(localTime(date)).toBe('2026-01-01T23:34:05-03:30');
  process.env['TZ'] = 'UTC';
  expect(localTime(date)).toBe('2026-01-02T03:04:05+00:00');
});

describe('a hostile name', () => {
  test('stays text', () => {
    const page = reportDocument(sampleReport({ name: HOSTILE }));
    expect(page).not.toMatch(/<script/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('&amp;amp;');
    expect(page).not.toContain('\u202e');
    expect(page).toContain('\\u{a}\\u{202e}gpj.exe');
  });

  test('goes into the JSON as it is', () => {
    const read = JSON.parse(reportJson(sampleReport({ name: HOSTILE }))) as Report;
    expect(read.photos.passport.name).toBe(HOSTILE);
  });

  test('is shown whole up to what a page has room for; its end, which says what it is, stays', () => {
    expect(shownName('Réisepass 護照 👩‍🦰.jpg')).toBe('Réisepass 護照 👩‍🦰.jpg');
    const long = shownName(`${'x'.repeat(250)}.jpg`);
    expect([...long]).toHaveLength(81);
    expect(long).toMatch(/^x+…x+\.jpg$/);
    expect([...shownName('\u202e'.repeat(200))]).toHaveLength(81);
  });
});

test('the template escapes all but what it made itself', () => {
  const inner = html`<b>${'<'}</b>`;
  expect(html`<p title="${'"'}">${[inner, html`&`]}${null}${7}</p>`.text).toBe(
    '<p title="&quot;"><b>&lt;</b>&7</p>',
  );
});

describe('the next steps', () => {
  const after = (outcome: Decision['outcome'], reasons: string[] = [], several = false) =>
    stepsAfter({ outcome, reasons } as unknown as Decision, several);

  test('after a match: keep it', () => {
    expect(after('match')).toEqual(['save-report', 'start-over']);
  });

  test('after a review and a mismatch: another selfie, then a look of one’s own', () => {
    const steps = ['new-selfie', 'new-passport', 'by-eye', 'save-report', 'start-over'];
    expect(after('review', ['between-bounds'])).toEqual(steps);
    expect(after('review', ['blurred-probe', 'blurred-reference'])).toEqual(steps);
    expect(after('mismatch')).toEqual(steps);
  });

  test('another passport photo first where that alone is poor', () => {
    expect(after('review', ['blurred-reference'])[0]).toBe('new-passport');
  });

  test('several faces after a mismatch: perhaps the wrong one was compared', () => {
    expect(after('mismatch', [], true)[1]).toBe('other-face');
    expect(after('review', [], true)).not.toContain('other-face');
  });

  test('one picture twice: there is nothing to look at', () => {
    expect(after('review', ['same-picture'])).not.toContain('by-eye');
  });
});
