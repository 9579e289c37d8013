import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from 'vitest';

import { Core } from '../../wasm/dist/worker/core.js';
import { METHODS, SIMILARITIES } from '../../wasm/dist/shared/api_order.js';
import type { FewShotOptions } from '../../wasm/dist/shared/protocol.js';
import { SupportSet } from '../../wasm/dist/worker/support_set.js';
import { loadModule } from './module.js';
import { root } from './photos.js';

// The numbers of tests/core/fewshot/few_shot_test.cpp, worked out by hand: classes on a line, "left" at 0 and 2, "right" at 5.
const ROUNDING = 6; // Decimals: floats of about 1, sums of a few.
const options = (changes: Partial<FewShotOptions> = {}): FewShotOptions => ({
  method: 'prototypes',
  similarity: 'euclidean',
  scale: 1,
  rejectionDistance: null,
  ...changes,
});
const at = (...values: number[]) => Float32Array.from(values);
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'invalid-argument', message: expect.stringMatching(message) });

let core: Core;
let set: SupportSet;
beforeEach(async () => {
  core = new Core(await loadModule());
  set = new SupportSet(core);
});

function line(): void {
  set.add('left', at(0));
  set.add('right', at(5));
  set.add('left', at(2));
}

describe('answers are those of the core', () => {
  test('prototypes: squared distances 1 and 9', () => {
    line();
    const { ranking, isRejected } = set.classify(at(2), options());
    expect(ranking.map(({ name }) => name)).toEqual(['left', 'right']);
    expect(ranking[0]!.probability).toBeCloseTo(1 / (1 + Math.exp(-8)), ROUNDING);
    expect(ranking.map(({ distance }) => distance)).toEqual([1, 3]);
    expect(isRejected).toBe(false);
    const { ranking: flat } = set.classify(at(2), options({ scale: 0.1 }));
    expect(flat[0]!.probability).toBeCloseTo(1 / (1 + Math.exp(-0.8)), ROUNDING);
  });

  test('matching adds the attention to each example', () => {
    line();
    const { ranking } = set.classify(at(3), options({ method: 'matching', scale: 0.5 }));
    const [left, right] = [Math.exp(-4.5) + Math.exp(-0.5), Math.exp(-2)];
    const share = (name: string) => ranking.find((entry) => entry.name === name)!.probability;
    expect(share('left')).toBeCloseTo(left / (left + right), ROUNDING);
    expect(share('right')).toBeCloseTo(right / (left + right), ROUNDING);
  });

  test('nearest looks at each class’s best example', () => {
    line();
    const { ranking } = set.classify(at(3), options({ method: 'nearest' }));
    expect(ranking[0]).toEqual({
      name: 'left',
      probability: expect.closeTo(1 / (1 + Math.exp(-3)), ROUNDING),
      distance: 1,
    });
  });

  test('cosine forgets lengths', () => {
    set.add('east', at(3, 0));
    set.add('north', at(0, 0.1));
    const { ranking } = set.classify(at(1, 1), options({ similarity: 'cosine' }));
    expect(ranking.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.5, ROUNDING),
      expect.closeTo(0.5, ROUNDING),
    ]);
  });

  test('a distance at the threshold is none of these, one below is', () => {
    line();
    expect(set.classify(at(2), options({ rejectionDistance: 1 })).isRejected).toBe(true);
    expect(set.classify(at(2), options({ rejectionDistance: 1.01 })).isRejected).toBe(false);
  });

  test('methods and similarities are numbered as in the core', () => {
    const header =
      readFileSync(join(root, 'core/fewshot/few_shot_answer.h'), 'utf8') +
      readFileSync(join(root, 'core/model/similarity.h'), 'utf8');
    const names = (of: string) =>
      [...new RegExp(`enum class ${of} \\{([^}]*)\\}`).exec(header)![1]!.matchAll(/\bk(\w+)/g)].map(
        ([, name]) => name!.toLowerCase(),
      );
    expect(METHODS).toEqual(names('FewShotMethod'));
    expect(SIMILARITIES).toEqual(names('Similarity'));
  });
});

describe('classes come and go', () => {
  test('in the order of adding, each with its examples', () => {
    expect(set.classes()).toEqual([]);
    line();
    expect(set.classes()).toEqual([
      { name: 'left', examples: 2 },
      { name: 'right', examples: 1 },
    ]);
    set.removeExample('left', 0);
    expect(set.classes()).toEqual([
      { name: 'left', examples: 1 },
      { name: 'right', examples: 1 },
    ]);
    expect(
      set.classify(at(2), options()).ranking[0]!.distance,
      'the second example of left is left',
    ).toBe(0);
    set.removeExample('left', 0);
    expect(set.classes()).toEqual([{ name: 'right', examples: 1 }]);
    set.removeClass('right');
    expect(set.classes()).toEqual([]);
  });

  test('names in any script', () => {
    set.add('λ 字', at(1));
    expect(set.classes()[0]!.name).toBe('λ 字');
  });
});

describe('to bytes and back', () => {
  const kept = (name: string) => new Uint8Array(readFileSync(join(root, 'tests/data', name)));
  const model = 'characters-0123abcd';
  /** The set of tests/core/fewshot/support_file_test.cpp, which holds the core to the same files. */
  function fixed(): void {
    set.add('λ', at(1, 0, 0, 0));
    set.add('a longer name', at(0, 0, 0, -1));
    set.add('λ', at(0.5, 0.5, -0.5, 0.5));
  }

  test('the bytes are those of the core, and of the version before', () => {
    fixed();
    expect(set.toBytes(model)).toEqual(kept('support-v1.support'));
    for (const name of ['support-v1.support', 'support-v0.support']) {
      const other = new SupportSet(core);
      other.replace(kept(name), model);
      expect(other.classes()).toEqual([
        { name: 'λ', examples: 2 },
        { name: 'a longer name', examples: 1 },
      ]);
      expect(other.classify(at(0, 1, 0, 0), options())).toEqual(
        set.classify(at(0, 1, 0, 0), options()),
      );
    }
  });

  test('all of a set or nothing', () => {
    fixed();
    const bytes = set.toBytes(model);
    expect(() => set.replace(bytes.subarray(0, -1), model)).toThrow(
      refused(/importSupport ends after/),
    );
    expect(() =>
      set.replace(
        bytes.map((byte, i) => (i === 99 ? byte ^ 1 : byte)),
        model,
      ),
    ).toThrow(refused(/checksum/));
    expect(() => set.replace(new Uint8Array(), model)).toThrow(refused(/is empty/));
    const other = expect.objectContaining({
      code: 'model-mismatch',
      message: expect.stringMatching(/'other'/),
    });
    expect(() => set.replace(bytes, 'other')).toThrow(other);
    expect(set.toBytes(model)).toEqual(bytes);
  });

  test('a set without classes, which then takes embeddings of any length', () => {
    const empty = set.toBytes(model);
    fixed();
    set.replace(empty, model);
    expect(set.classes()).toEqual([]);
    set.add('short', at(1));
    expect(set.classes()).toEqual([{ name: 'short', examples: 1 }]);
  });

  test('of embeddings of length 1 alone', () => {
    line();
    expect(() => set.toBytes(model)).toThrow(refused(/not of length 1/));
  });
});

test('bad input is refused in the core’s words, and changes nothing', () => {
  expect(() => set.classify(at(1), options())).toThrow(refused(/no class yet/));
  expect(() => set.removeClass('left')).toThrow(refused(/no class yet/));
  set.add('left', at(0, 1));
  expect(() => set.classify(at(1, 0), options())).toThrow(refused(/'left' is the only class/));
  expect(() => set.add('left', at(1))).toThrow(refused(/1 numbers.* 2/));
  expect(() => set.add('right', at(1, 0, 0, 1))).toThrow(refused(/4 numbers/));
  expect(() => set.add('', at(1, 0))).toThrow(refused(/without a name/));
  expect(() => set.add('right', at(Infinity, 0))).toThrow(refused(/not finite/));
  expect(() => set.removeExample('left', 7)).toThrow(refused(/no example 7/));
  expect(() => set.removeExample('left', -1)).toThrow(refused(/counted from 0/));
  expect(() => set.removeClass('up')).toThrow(refused(/no class 'up'/));
  set.add('right', at(1, 0));
  expect(() => set.classify(at(1), options())).toThrow(refused(/length 1/));
  expect(() => set.classify(at(1, 0), options({ scale: 0 }))).toThrow(refused(/above 0/));
  expect(() => set.classify(at(1, 0), options({ method: 'guess' as never }))).toThrow(
    refused(/method -1/),
  );
  expect(set.classes().length).toBe(2);
});

test('no handle is left, whatever was refused on the way', () => {
  expect(set.toBytes('m').length).toBeGreaterThan(0);
  expect(core.liveHandles).toBe(0);
  set.add('one', at(1));
  const bytes = set.toBytes('m');
  expect(() => set.replace(bytes, 'other')).toThrow();
  expect(core.liveHandles).toBe(1);
  set.replace(bytes, 'm');
  expect(core.liveHandles).toBe(1);
  set.dispose();
  set.dispose();
  expect(core.liveHandles).toBe(0);
});
