import { getEventListeners } from 'node:events';

import { expect, test } from 'vitest';

import { onAbort, orCancelled } from '../../wasm/dist/shared/cancel.js';
import { Visavis } from '../../wasm/dist/node/index.js';

const waiting = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('a signal has one listener however many wait, and none after', async () => {
  const abort = new AbortController();
  let settle!: (value: string) => void;
  const work = new Promise<string>((resolve) => (settle = resolve));
  const answers = Array.from({ length: 20 }, () => orCancelled(work, abort.signal));
  expect(waiting(abort.signal)).toBe(1);
  settle('done');
  expect(await Promise.all(answers)).toEqual(Array(20).fill('done'));
  await new Promise((resolve) => setTimeout(resolve));
  expect(waiting(abort.signal)).toBe(0);
});

test('aborting tells everybody once, and whoever comes later anew', async () => {
  const abort = new AbortController();
  const told: string[] = [];
  onAbort(abort.signal, () => told.push('a'));
  const forget = onAbort(abort.signal, () => told.push('b'));
  onAbort(abort.signal, () => told.push('c'));
  forget();
  forget();
  abort.abort();
  expect(told).toEqual(['a', 'c']);
  expect(waiting(abort.signal)).toBe(0);
  await expect(orCancelled(new Promise(() => undefined), abort.signal)).rejects.toMatchObject({
    code: 'cancelled',
  });
});

test('many photos on one signal raise no warning', async () => {
  const warnings: Error[] = [];
  const listener = (warning: Error) => warnings.push(warning);
  process.on('warning', listener);
  const abort = new AbortController();
  const visavis = await Visavis.load({ signal: abort.signal });
  const pixels = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 4).fill(255) };
  const photos = Array.from({ length: 30 }, () => visavis.detect(pixels, { signal: abort.signal }));
  await Promise.all(photos);
  expect(waiting(abort.signal)).toBe(0);
  visavis.dispose();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('warning', listener);
  expect(warnings).toEqual([]);
});
