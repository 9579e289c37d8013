import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { wasmFolder } from './photos.js';

test('the narrated program that adds a class does as it says', () => {
  const program = join(wasmFolder, 'examples/add_a_class.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toMatch(/^ring: ring /);
  expect(lines[1]).toMatch(/^cross: cross /);
  expect(lines[2]).toMatch(/^bars: none of these /);
  expect(lines[3]).toBe('classes: ring, cross, bars');
  expect(lines[4]).toMatch(/^bars: bars /);
});
