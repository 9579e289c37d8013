import { readFile } from 'node:fs/promises';

import { expect, test, vi } from 'vitest';

import { startModule } from '../../wasm/dist/worker/start_module.js';

const whole = new Uint8Array(
  await readFile(new URL('../../wasm/dist/visavis.wasm', import.meta.url)),
);
const refused = (code: string, message: string) =>
  expect.objectContaining({
    name: 'VisavisError',
    code,
    message: expect.stringContaining(message),
  });

test('a page in place of the file is told', async () => {
  const page = new TextEncoder().encode('<!doctype html><title>Not found</title>');
  await expect(startModule(page)).rejects.toEqual(refused('io', 'no WebAssembly'));
  await expect(startModule(new Uint8Array())).rejects.toEqual(refused('io', 'no WebAssembly'));
});

test('a damaged file is told without advice for builders', async () => {
  const damaged = whole.slice(0, whole.length / 2);
  const failed = startModule(damaged);
  await expect(failed).rejects.toEqual(refused('io', 'visavis.wasm cannot be started'));
  await failed.catch((error: Error) => expect(error.message).not.toMatch(/ASSERTIONS|\n/));
});

test('a policy that forbids WebAssembly is named', async () => {
  const compile = vi.spyOn(WebAssembly, 'Module').mockImplementation(() => {
    throw new WebAssembly.CompileError('Refused to compile');
  });
  await expect(startModule(whole)).rejects.toEqual(refused('csp-blocked', "'wasm-unsafe-eval'"));
  compile.mockRestore();
});
