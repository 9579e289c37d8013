import { expect, test } from 'vitest';

import { readSupport, writeSupport } from '../../wasm/dist/support_bytes.js';

const unit = (angle: number) => [Math.cos(angle), Math.sin(angle)];
const support = {
  classes: [{ name: 'λ', examples: 2 }, { name: 'a longer name', examples: 1 }],
  rows: Float32Array.from([unit(0), unit(1), unit(2)].flat()),
  length: 2,
};
const bytes = writeSupport('characters-0123abcd', support);
const refused = (why: RegExp) => expect.objectContaining({ code: 'invalid-argument', message: expect.stringMatching(why) });

test('a support set comes back from its bytes as it was, wherever they lie', () => {
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  for (const given of [bytes, larger.subarray(3)]) {
    expect(readSupport(given)).toEqual({ model: 'characters-0123abcd', ...support });
  }
  const empty = { classes: [], rows: new Float32Array(), length: 0 };
  expect(readSupport(writeSupport('m', empty))).toEqual({ model: 'm', ...empty });
});

test('cut anywhere, padded, foreign and altered bytes are refused', () => {
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readSupport(bytes.subarray(0, length))).toThrow(refused(/no support set/));
  }
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  expect(() => readSupport(padded)).toThrow(refused(/padded/));
  expect(() => readSupport(bytes.map((byte) => byte ^ 1))).toThrow(refused(/does not begin/));
  expect(() => readSupport('bytes' as never)).toThrow(refused(/takes a Uint8Array/));
  const long = writeSupport('m', { ...support, rows: support.rows.map((value) => value * 2) });
  expect(() => readSupport(long)).toThrow(refused(/unit length/));
  const none = writeSupport('m', { classes: [{ name: 'x', examples: 0 }], rows: new Float32Array(), length: 2 });
  expect(() => readSupport(none)).toThrow(refused(/no examples/));
});

test('a number of classes or examples that no bytes stand behind takes no memory', () => {
  const modelEnd = 8 + 2 + 'characters-0123abcd'.length;
  for (const at of [modelEnd, modelEnd + 4]) {
    const absurd = bytes.slice();
    absurd.fill(0xff, at, at + 4);
    expect(() => readSupport(absurd)).toThrow(refused(/cut short/));
  }
});
