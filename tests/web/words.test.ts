import { describe, expect, test } from 'vitest';

import {
  type Decision,
  type Outcome,
  type Verdict,
  VisavisError,
} from '../../wasm/dist/node/index.js';
import { ISSUE_CODES } from '../../wasm/dist/shared/api_order.js';
import { engineProblem, oneIn, photoProblem } from '../../web/src/shared/messages.js';
import { cameraFailure } from '../../web/src/shared/camera_words.js';
import { decisionWords } from '../../web/src/compare/decision_words.js';
import { describeLikeness, likenessOf } from '../../web/src/compare/likeness_bar.js';
import { policyNote } from '../../web/src/compare/policy_view.js';
import { describeScale, hillsOf, position } from '../../web/src/compare/scale.js';
import { calibration } from './doubles.js';

/** Between match below 1 and mismatch from 1.3 on. */
function decision(distance: number, outcome: Outcome, reasons: string[] = []): Decision {
  const rate = (value: number) => ({ value, low: value, high: value });
  const verdict = {
    distance,
    threshold: 1.1,
    isMatch: distance < 1.1,
    fmr: rate(2.5e-4),
    fnmr: rate(0.005),
    odds: 'about 1 in 4,000',
    alikeFmr: null,
    alike: null,
  };
  return { outcome, reasons, bounds: calibration.bounds.balanced, verdict };
}

function withRates(of: Decision, rates: Partial<Verdict>): Decision {
  return { ...of, verdict: { ...of.verdict, ...rates } };
}

const rate = (value: number) => ({ value, low: value, high: value });

describe('the decision in words', () => {
  test('a match', () => {
    expect(decisionWords(decision(0.6, 'match'))).toEqual({
      headline: 'The photos match',
      lead: 'The two faces are very alike.',
      evidence: 'About 1 in 4,000 pairs of different people in our test look this alike.',
      cause: '',
    });
  });

  test('strangers who are alike are told beside any strangers', () => {
    const alike = { groupedBy: 'origin and gender', odds: 'about 1 in 900' };
    expect(decisionWords(withRates(decision(0.6, 'match'), { alike })).evidence).toBe(
      'About 1 in 4,000 pairs of different people in our test look this alike; ' +
        'among people of the same origin and gender, about 1 in 900.',
    );
  });

  test('a mismatch says how rarely one person differs so much', () => {
    const words = decisionWords(decision(1.4, 'mismatch'));
    expect(words.headline).toBe('The photos do not match');
    expect(words.evidence).toBe('Only 1 in 200 pairs of one person differ this much.');
    expect(decisionWords(withRates(decision(1.5, 'mismatch'), { fnmr: rate(0) })).evidence).toMatch(
      /almost never/,
    );
  });

  test('between the bounds both odds are told', () => {
    const words = decisionWords(decision(1.1, 'review', ['between-bounds']));
    expect(words.headline).toBe('Not clear: please look yourself');
    expect(words.lead).toMatch(/^The faces are partly alike/);
    expect(words.evidence).toMatch(/^Only 1 in 200 pairs of one person .* About 1 in 4,000/);
    expect(words.cause).toBe('');
  });

  test('what is poor is the likely cause, and where the distance lies is said', () => {
    const far = decisionWords(
      decision(1.4, 'review', ['blurred-probe', 'low-resolution-reference']),
    );
    expect(far.lead).toBe('The faces differ, but a photo is too poor to be sure.');
    expect(far.cause).toBe(
      'The selfie is blurred, and the face on the passport photo is small: that is the likely cause.',
    );
    const near = decisionWords(decision(0.95, 'review', ['low-confidence-reference']));
    expect(near.lead).toBe('The two faces are alike, but a photo is too poor to be sure.');
    expect(near.cause).toMatch(/^It is not certain that a face was found on the passport photo/);
  });

  test('every issue of the core has words', () => {
    for (const code of ISSUE_CODES) {
      expect(decisionWords(decision(1.4, 'review', [`${code}-probe`])).cause, code).not.toBe('');
    }
  });

  test('one picture twice is worth nothing', () => {
    const words = decisionWords(decision(0.05, 'review', ['same-picture']));
    expect(words).toMatchObject({ headline: 'This is the same picture twice', evidence: '' });
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
  });
});

describe('the likeness', () => {
  test('grows to the right, a third of the bar for each zone', () => {
    const places = [2, 1.3, 1.15, 1, 0].map((distance) => likenessOf(decision(distance, 'review')));
    const thirds = [0, 1 / 3, 0.5, 2 / 3, 1];
    places.forEach((place, i) => expect(place).toBeCloseTo(thirds[i]!));
  });

  test('is told in words', () => {
    expect(describeLikeness(decision(0.5, 'match'))).toBe(
      'Likeness: in the zone Alike, far from the border',
    );
    expect(describeLikeness(decision(1.02, 'review'))).toBe(
      'Likeness: in the zone Not clear, near the border',
    );
  });

  test('a policy says what it costs, both ways', () => {
    const bounds = calibration.bounds.careful;
    const note = policyNote({ policy: 'careful', bounds, rates: calibration.atThreshold });
    expect(note).toBe(
      'A match is below 0.90: about 1 in 1,000 pairs of different people are that alike, ' +
        'and 1 in 100 pairs of one person in our test are not. A mismatch is from 1.30 on.',
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

  test('says in words where a distance lies', () => {
    expect(describeScale(decision(0.5, 'match'))).toMatch(
      /^Distance 0.50. A match is below 1.00, a mismatch from 1.30 on/,
    );
  });
});
