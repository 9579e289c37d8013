import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { FaceTemplate } from '../../wasm/dist/index.js';
import { root } from './photos.js';

const embedding = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i) / 16);
const template = new FaceTemplate('mobilefacenet-0123abcd', embedding);

test('a template comes back from its bytes as it was', () => {
  const again = FaceTemplate.fromBytes(template.toBytes());
  expect(again.model).toBe(template.model);
  expect(again.embedding).toEqual(template.embedding);
});

test('bytes anywhere in a larger buffer will do', () => {
  const bytes = template.toBytes();
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  expect(FaceTemplate.fromBytes(larger.subarray(3)).embedding).toEqual(embedding);
});

test('the bytes are those of the core, and of the version before', () => {
  // The template of tests/core/face/template_file_test.cpp, which holds the core to the same files.
  const kept = (name: string) => new Uint8Array(readFileSync(join(root, 'tests/data', name)));
  const fixed = new FaceTemplate(
    'face-0123abcd',
    Float32Array.of(0.5, -0.5, 0.5, -0.25, 0.25, 0.25, 0.25, 0),
  );
  expect(fixed.toBytes()).toEqual(kept('template-v1.template'));
  for (const name of ['template-v1.template', 'template-v0.template']) {
    expect(FaceTemplate.fromBytes(kept(name))).toEqual(fixed);
  }
});

test('cut, padded, foreign and altered bytes are refused', () => {
  const bytes = template.toBytes();
  const refused = { name: 'VisavisError', code: 'invalid-argument' };
  for (let part = 0; part < 64; part++) {
    const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 64));
    expect(() => FaceTemplate.fromBytes(cut)).toThrow(expect.objectContaining(refused));
  }
  const padded = new Uint8Array(bytes.length + 4);
  padded.set(bytes);
  padded.fill(0x3f, bytes.length);
  const foreign = bytes.map((byte) => byte ^ 1);
  const halved = new FaceTemplate(
    'm',
    embedding.map((value) => value / 2),
  ).toBytes();
  for (const bad of [padded, foreign, halved]) {
    expect(() => FaceTemplate.fromBytes(bad)).toThrow(expect.objectContaining(refused));
  }
  const short = new FaceTemplate('m', Float32Array.of(0.6, 0.8)).toBytes();
  for (let bit = 0; bit < 8 * short.length; bit++) {
    const turned = short.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    expect(() => FaceTemplate.fromBytes(turned), `bit ${bit}`).toThrow(
      expect.objectContaining(refused),
    );
  }
});
