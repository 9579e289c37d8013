import { describe, expect, test } from 'vitest';

import { type Verdict, VisavisError } from '../../wasm/dist/node/index.js';
import {
  cameraFailure,
  engineProblem,
  oneIn,
  photoProblem,
} from '../../web/src/shared/messages.js';
import { verdictWords } from '../../web/src/compare/verdict_words.js';
import { defaultStrictness, operatingPoints } from '../../web/src/compare/operating_points.js';
import { strictnessNote } from '../../web/src/compare/strictness.js';
import { describeScale, hillsOf, position } from '../../web/src/compare/scale.js';
import { calibration } from './doubles.js';

function verdict(distance: number, fmr: number, fnmr: number, odds: string): Verdict {
  const rate = (value: number) => ({ value, low: value, high: value });
  return {
    distance,
    threshold: 1.1,
    isMatch: distance < 1.1,
    fmr: rate(fmr),
    fnmr: rate(fnmr),
    odds,
    alikeFmr: null,
    alike: null,
  };
}

describe('the verdict in words', () => {
  test('a clear match', () => {
    expect(verdictWords(verdict(0.6, 2.5e-4, 0.4, 'about 1 in 4,000'))).toEqual({
      headline: 'Looks like the same person',
      lead: 'About 1 in 4,000 pairs of different people look this alike.',
      aside: '',
    });
  });

  test('strangers who are alike are told beside any strangers', () => {
    const match = {
      ...verdict(0.6, 2.5e-4, 0.4, 'about 1 in 4,000'),
      alike: { groupedBy: 'origin and gender', odds: 'about 1 in 900' },
    };
    expect(verdictWords(match).lead).toBe(
      'About 1 in 4,000 pairs of different people look this alike; ' +
        'among people of the same origin and gender, about 1 in 900.',
    );
  });

  test('a clear difference says how rarely one person differs so much', () => {
    const words = verdictWords(verdict(1.3, 0.2, 0.005, 'about 1 in 5'));
    expect(words.headline).toBe('Looks like two people');
    expect(words.aside).toBe('About 1 in 200 pairs of photos of one person differ this much.');
  });

  test('odds that would read oddly are words', () => {
    expect(verdictWords(verdict(1.5, 0.97, 0, 'about 1 in 1')).lead).toBe(
      'Most pairs of different people look at least this alike.',
    );
    expect(verdictWords(verdict(1.5, 0.97, 0, 'about 1 in 1')).aside).toMatch(/almost never/);
  });

  test.each([1.09, 1.11])('near the threshold, at %d, it is a close call', (distance) => {
    expect(verdictWords(verdict(distance, 1e-3, 0.01, 'about 1 in 1,000')).aside).toMatch(
      /close call/,
    );
  });

  test('rates as people say them', () => {
    expect([0.28, 1e-2, 1e-3, 1e-4, 1 / 3333, 0].map(oneIn)).toEqual([
      '28 in 100',
      '1 in 100',
      '1 in 1,000',
      '1 in 10,000',
      '1 in 3,300',
      'none measured',
    ]);
    expect(verdictWords(verdict(1.13, 2e-3, 0.22, 'about 1 in 500')).aside).toMatch(
      /^About 22 in 100 pairs of photos/,
    );
  });
});

describe('problems in words', () => {
  test('a photo is shown again only where it could be decoded', () => {
    const shows = (code: ConstructorParameters<typeof VisavisError>[0]) =>
      photoProblem(new VisavisError(code, 'why')).showsPhoto;
    expect([shows('no-face'), shows('face-too-small')]).toEqual([true, true]);
    expect([shows('unreadable-image'), shows('image-too-large'), shows('image-too-small')]).toEqual(
      [false, false, false],
    );
  });

  test('an error of no known kind still says something', () => {
    expect(photoProblem(new TypeError('odd')).advice).toContain('odd');
    expect(engineProblem('odd').advice).toContain('odd');
  });

  test.each([
    ['NotAllowedError', 'refused'],
    ['NotFoundError', 'absent'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'broken'],
  ])('camera: %s is %s', (name, failure) => {
    expect(cameraFailure(new DOMException('', name))).toBe(failure);
  });
});

describe('the scale', () => {
  test('has a hill for each kind of pair, where its pairs are', () => {
    const { span, samePerson, differentPeople } = hillsOf(calibration);
    const top = (hill: readonly number[]) =>
      (hill.indexOf(Math.max(...hill)) / (hill.length - 1)) * span;
    expect(top(samePerson)).toBeCloseTo(0.8, 1);
    expect(top(differentPeople)).toBeCloseTo(1.4, 1);
    expect(Math.max(...samePerson)).toBe(1);
    expect(span).toBeGreaterThan(1.7);
    expect(span).toBeLessThanOrEqual(2);
  });

  test('stands a calibration of one point, or none', () => {
    for (const points of [[], calibration.points.slice(50, 51)]) {
      const { samePerson, differentPeople } = hillsOf({ points });
      expect([...samePerson, ...differentPeople].every(Number.isFinite)).toBe(true);
    }
  });

  test('keeps every distance on it', () => {
    expect([position(-1, 1.6), position(0.8, 1.6), position(2, 1.6)]).toEqual([0, 0.5, 1]);
  });

  test('says in words on which side of the threshold a distance is', () => {
    expect(describeScale(verdict(0.5, 0, 0, ''))).toMatch(
      /^Distance 0.50, below the threshold of 1.10/,
    );
    expect(describeScale(verdict(1.1, 0, 0, ''))).toMatch(/at or above/);
  });
});

describe('operating points', () => {
  test('the shipped threshold is not offered twice', () => {
    const points = operatingPoints({ calibration });
    expect(points.map(({ strictness }) => strictness)).toEqual([1e-2, 1e-3, 1e-4]);
    expect(points.map(({ isShipped }) => isShipped)).toEqual([false, true, false]);
    expect(defaultStrictness(points)).toBe(1e-3);
  });

  test('a shipped threshold of its own stands in its place and is the default', () => {
    const points = operatingPoints({ calibration: { ...calibration, threshold: 1.05 } });
    expect(points.map(({ name }) => name)).toEqual([
      'lenient',
      'standard',
      'recommended',
      'strict',
    ]);
    expect(points[2]).toMatchObject({
      strictness: 'shipped',
      threshold: 1.05,
      fmr: 1e-3,
      fnmr: 0.01,
    });
    expect(defaultStrictness(points)).toBe('shipped');
  });

  test('what the calibration cannot tell is offered without a threshold, and is no default', () => {
    const told = calibration.operatingPoints.map((point) =>
      point.fmr < 1e-2 ? { ...point, measured: null } : point,
    );
    const points = operatingPoints({ calibration: { ...calibration, operatingPoints: told } });
    expect(points.at(-1)).toMatchObject({ strictness: 1e-4, threshold: null, fnmr: null });
    expect(defaultStrictness(points)).toBe('shipped');
  });

  test('each says what it costs, both ways', () => {
    const [, standard] = operatingPoints({ calibration });
    expect(strictnessNote(standard!)).toBe(
      'Lets 1 in 1,000 pairs of different people pass as the same, and turns 1 in 56 pairs of one person away. ' +
        'Threshold 1.10.',
    );
    expect(strictnessNote({ ...standard!, fnmr: 0 })).toContain(
      'turns fewer than 1 in 1,000 pairs',
    );
  });
});
