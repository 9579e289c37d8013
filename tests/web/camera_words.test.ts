import { describe, expect, test } from 'vitest';

import { GUIDE_HINTS, GUIDE_RULES } from '../../wasm/dist/node/index.js';
import { command, FAILURES, objection } from '../../web/src/shared/camera_words.js';

describe.each(['selfie', 'document'] as const)('%s', (kind) => {
  test.each(GUIDE_HINTS)('%s is told in a few words', (hint) => {
    expect(command(kind, hint)).toMatch(/^[A-Z].{3,40}$/);
  });

  test.each(GUIDE_RULES[kind].map(({ hint }) => hint))(
    '%s is asked about in a sentence',
    (hint) => {
      expect(objection(kind, hint)).toMatch(/^[A-Z].+\. Take it anyway\?$/);
    },
  );
});

test('a document is not put into the oval', () => {
  for (const hint of GUIDE_HINTS) expect(command('document', hint)).not.toContain('oval');
});

test('every failure that trying again may cure says so', () => {
  for (const { words, canRetry } of Object.values(FAILURES))
    expect(words.toLowerCase().includes('try again')).toBe(canRetry);
});
