import { expect, test } from 'vitest';

import type { Classification } from '../../wasm/dist/index.js';
import { createLessonStore, type LessonState } from '../../web/src/teach/state.js';
import { lessonWords, percent } from '../../web/src/teach/words.js';
import { thumbnail } from './classifier_double.js';

function lesson(known: string[], changes: Partial<LessonState> = {}): LessonState {
  const classes = known.map((name, i) => ({
    id: `c${i + 1}`,
    name,
    examples: [{ id: i, thumbnail: thumbnail() }],
    problem: null,
  }));
  return { ...createLessonStore('characters').get(), classes, ...changes };
}

const answer = (probability: number, isNoneOfThese = false): Classification => ({
  ranking: [
    { name: 'c2', probability, distance: 0.4 },
    { name: 'c1', probability: 1 - probability, distance: 1 },
  ],
  distance: 0.4,
  isNoneOfThese,
});

test('each step says what comes next', () => {
  expect(lessonWords('characters', createLessonStore('characters').get()).lead).toMatch(
    /^Draw one to five examples/,
  );
  expect(lessonWords('faces', createLessonStore('faces').get()).lead).toMatch(/photos .* people/);
  expect(lessonWords('characters', lesson(['lambda'])).lead).toMatch(
    /knows “lambda” alone.* second/,
  );
  expect(lessonWords('characters', lesson(['a', 'b'])).lead).toMatch(/^Now draw one/);
});

test('an answer is a name and how sure it is; a rejection names what was nearest', () => {
  expect(lessonWords('characters', lesson(['a', 'b'], { answer: answer(0.87) }))).toEqual({
    headline: 'b',
    lead: '87% sure, among the 2 it knows.',
  });
  const words = lessonWords('characters', lesson(['a', 'b'], { answer: answer(0.87, true) }));
  expect(words.headline).toBe('None of these');
  expect(words.lead).toContain('“b”');
});

test('shares never claim a certainty that is not there', () => {
  expect([0, 0.004, 0.5, 0.986, 0.994, 1].map(percent)).toEqual([
    'under 1%',
    'under 1%',
    '50%',
    '99%',
    'over 99%',
    'over 99%',
  ]);
});
