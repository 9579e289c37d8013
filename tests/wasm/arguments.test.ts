import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { requireNumber, requireOptions } from '../../wasm/dist/shared/arguments.js';
import { Classifier, FaceTemplate, Visavis } from '../../wasm/dist/node/index.js';
import { embeddingLength } from './embedding_length.js';

const refused = (message: string) =>
  expect.objectContaining({
    name: 'VisavisError',
    code: 'invalid-argument',
    message: expect.stringContaining(message),
  });

/** What is no number, or none in any range here. */
const NONSENSE: readonly unknown[] = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  -1e308,
  1e308,
  '1',
  '',
  null,
  true,
  {},
  [],
  () => 1,
  1n,
];

let visavis: Visavis;
let classifier: Classifier;
beforeAll(async () => {
  visavis = await Visavis.load();
  classifier = await Classifier.load({ subject: 'characters' });
});
afterAll(() => {
  visavis.dispose();
  classifier.dispose();
});

const unit = (at: number) =>
  Float32Array.from({ length: embeddingLength }, (_, i) => (i === at ? 1 : 0));
const template = (embedding: Float32Array) => new FaceTemplate(visavis.model, embedding);
const pixels = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 4) };

/** Calls as JavaScript makes them, whatever TypeScript says. */
const any = (value: unknown) => value as never;

test.each(['strict', '', null, 1, {}])('the policy %j is refused', async (policy) => {
  const own = template(unit(0));
  await expect(visavis.decide(own, own, { policy: any(policy) })).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('careful, balanced, lenient') as string,
  });
});

describe('numbers', () => {
  const a = () => template(unit(0));
  const takers: [name: string, take: (value: unknown) => Promise<unknown>][] = [
    ['threshold', (value) => visavis.verify(a(), a(), { threshold: any(value) })],
    ['fmr', (value) => visavis.verify(a(), a(), { fmr: any(value) })],
    ['distance', (value) => visavis.rates(any(value))],
    ['fmr', (value) => visavis.thresholdAtFmr(any(value))],
    ['face', (value) => visavis.enrol(pixels, { face: any(value) })],
    ['scale', (value) => Classifier.load({ subject: 'characters', scale: any(value) })],
    ['fmr', (value) => Classifier.load({ subject: 'characters', fmr: any(value) })],
    [
      'rejectionDistance',
      (value) => Classifier.load({ subject: 'characters', rejectionDistance: any(value) }),
    ],
    ['example', (value) => classifier.removeExample('a', any(value))],
    ['face', (value) => classifier.addExample('a', pixels, { face: any(value) })],
  ];

  test.each(takers)('%s takes no nonsense', async (name, take) => {
    // null is "never none of these" of rejectionDistance; a scale may be large.
    const allowed = { rejectionDistance: [null], scale: [1e308] }[name] ?? [];
    for (const value of NONSENSE.filter((one) => !(allowed as unknown[]).includes(one))) {
      const answer = take(value);
      await expect(answer, `${name} ${typeof value} ${String(value)}`).rejects.toEqual(
        refused(`${name} must be a`),
      );
      await answer.catch((error: Error) => expect(error.message).not.toMatch(/\n|\d{22}/));
    }
  });

  test('are refused in the words of the core', () => {
    expect(() => requireNumber('threshold', NaN, { least: 0, most: 2 })).toThrow(
      refused('threshold must be a number from 0 to 2, not NaN.'),
    );
    expect(() => requireNumber('fmr', '1', { least: 0, most: 1, isAboveLeast: true })).toThrow(
      refused("fmr must be a number above 0 and at most 1, not '1'."),
    );
    expect(() => requireNumber('face', 1.5, { least: 0, isWhole: true })).toThrow(
      refused('face must be a whole number from 0 up, not 1.5.'),
    );
    expect(requireNumber('threshold', 2, { least: 0, most: 2 })).toBe(2);
  });
});

describe('templates', () => {
  test('that are none are refused before any work', async () => {
    const good = template(unit(0));
    for (const bad of [
      undefined,
      null,
      5,
      'a',
      {},
      { model: visavis.model },
      { model: visavis.model, embedding: [1] },
    ]) {
      await expect(visavis.verify(any(bad), good)).rejects.toEqual(
        refused('the reference must be'),
      );
      await expect(visavis.verify(good, any(bad))).rejects.toEqual(refused('the probe must be'));
    }
  });

  test('of no unit length match nobody', async () => {
    const good = template(unit(0));
    for (const [why, embedding] of [
      ['zeros', new Float32Array(embeddingLength)],
      ['NaN', unit(0).fill(NaN, 3, 4)],
      ['huge', new Float32Array(embeddingLength).fill(3e38)],
      ['twice as long', unit(0).map((value) => 2 * value)],
    ] as const) {
      await expect(visavis.verify(template(embedding), good), why).rejects.toEqual(
        refused('not of length 1'),
      );
      const image = { model: classifier.model, embedding };
      await expect(classifier.addExample('a', any(image)), why).rejects.toEqual(
        refused('not of length 1'),
      );
      await expect(classifier.classify(any(image)), why).rejects.toEqual(
        refused('not of length 1'),
      );
    }
    await expect(visavis.verify(template(unit(0).subarray(1)), good)).rejects.toEqual(
      refused('not of length 1'),
    );
    const short = template(Float32Array.of(1));
    await expect(visavis.verify(short, short)).rejects.toEqual(
      refused(`has ${embeddingLength} numbers, not 1`),
    );
  });

  test('come from bytes only', () => {
    for (const bad of [undefined, null, 'abc', [1, 2], new ArrayBuffer(8)]) {
      expect(() => FaceTemplate.fromBytes(any(bad))).toThrow(refused('takes a Uint8Array'));
    }
    return expect(classifier.importSupport(any('abc'))).rejects.toEqual(
      refused('takes a Uint8Array'),
    );
  });
});

describe('options', () => {
  const calls: [name: string, call: (options: unknown) => Promise<unknown>][] = [
    ['Visavis.load', (options) => Visavis.load(any(options))],
    ['detect', (options) => visavis.detect(pixels, any(options))],
    ['enrol', (options) => visavis.enrol(pixels, any(options))],
    ['verify', (options) => visavis.verify(template(unit(0)), template(unit(0)), any(options))],
    ['Classifier.load', (options) => Classifier.load(any(options))],
    ['embed', (options) => classifier.embed(pixels, any(options))],
    ['addExample', (options) => classifier.addExample('a', pixels, any(options))],
    ['classify', (options) => classifier.classify(pixels, any(options))],
  ];

  test.each(calls)('of %s are an object of known names', async (name, call) => {
    for (const bad of [null, 5, 'x', true]) {
      await expect(call(bad)).rejects.toEqual(refused(`The options of ${name} must be an object`));
    }
    await expect(call({ treshold: 1 })).rejects.toEqual(
      refused(`${name} has no option 'treshold'; there are `),
    );
    if (name === 'verify') return;
    const subject = name === 'Classifier.load' ? { subject: 'characters' } : {};
    for (const signal of [null, 5, {}, 'abort']) {
      await expect(call({ ...subject, signal })).rejects.toEqual(
        refused('signal must be an AbortSignal'),
      );
    }
  });

  test('of loading are checked all', async () => {
    await expect(Classifier.load(any(undefined))).rejects.toEqual(refused('needs a subject'));
    for (const load of [
      (more: object) => Visavis.load(any(more)),
      (more: object) => Classifier.load(any({ subject: 'faces', ...more })),
    ]) {
      await expect(load({ onProgress: 5 })).rejects.toEqual(
        refused('onProgress must be a function'),
      );
      await expect(load({ models: 'embedder.visavis' })).rejects.toEqual(
        refused('models must be an object'),
      );
      await expect(load({ models: { embeder: 'x' } })).rejects.toEqual(
        refused("models has no 'embeder'; there are nearDetector"),
      );
      await expect(load({ models: { embedder: 5 } })).rejects.toEqual(
        refused('models.embedder must be a URL'),
      );
    }
  });

  test('a face is a place or what detect() found', async () => {
    const box = { left: 0, top: 0, width: 9, height: 9 };
    for (const face of [
      {},
      { box },
      { box, confidence: 1, keypoints: {} },
      { box: { ...box, left: NaN }, confidence: 1 },
    ]) {
      await expect(visavis.enrol(pixels, any({ face }))).rejects.toEqual(
        refused('a face as detect() found it'),
      );
    }
  });

  test('undefined is none', () => {
    expect(requireOptions('verify', undefined, [])).toEqual({});
  });
});

test('an argument that cannot be sent lets node end', () => {
  const dist = fileURLToPath(new URL('../../wasm/dist/node/index.js', import.meta.url));
  // A buffer that is given away cannot be sent again.
  const program = `
    import { Visavis } from ${JSON.stringify(dist)};
    const visavis = await Visavis.load();
    const data = new Uint8Array(64 * 64 * 4);
    data.toJSON = () => 1;
    const pixels = { width: 64, height: 64, data: Object.assign(data, { extra() {} }) };
    const odd = { width: 64, height: 64, get data() { return data; } };
    const results = await Promise.allSettled([visavis.detect(pixels), visavis.detect(odd)]);
    for (const { status, reason } of results) console.log(status, reason?.code);
    const detached = new Uint8Array(64 * 64 * 4);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    await visavis.detect({ width: 64, height: 64, data: detached }).catch((error) => console.log(error.code));
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program],
    {
      encoding: 'utf8',
      timeout: 30_000,
    },
  );
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('invalid-argument');
});
