import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import ts from 'typescript';
import { expect, test } from 'vitest';

import { CORE_ERROR_CODES } from '../../wasm/dist/shared/errors.js';
import { FACE_VALUES, LANDMARK_VALUES } from '../../wasm/dist/shared/faces.js';
import { TRACK_QUALITY } from '../../wasm/dist/worker/engine.js';
import { MAX_IMAGE_PIXELS } from '../../wasm/dist/worker/image_file.js';
import { loadModule } from './module.js';
import { root, wasmFolder } from './photos.js';

/** Parameter kinds and result of one function: "number,pointer -> handle". */
type Signatures = Record<string, string>;

const header = readFileSync(join(root, 'core/api/api.h'), 'utf8');

/** From api.h. Handles are apart from numbers, addresses from both. */
function declaredInC(): Signatures {
  const kind = (type: string): string => {
    if (type.includes('*')) return 'pointer';
    if (/^VisavisHandle\b/.test(type)) return 'handle';
    return /^void\b/.test(type) ? 'void' : 'number';
  };
  const found: Signatures = {};
  const functions = header.matchAll(/^([\w:* ]+?)\s*(visavis_\w+)\(([^)]*)\);/gm);
  for (const [, result, name, parameters] of functions) {
    const kinds = parameters!
      .split(',')
      .map((text) => text.trim())
      .filter(Boolean)
      .map(kind);
    found[`_${name}`] = `${kinds.join()} -> ${kind(result!)}`;
  }
  return found;
}

/** From the interface RawExports. */
function declaredInTypeScript(): Signatures {
  const path = join(wasmFolder, 'src/worker/exports.ts');
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022);
  const found: Signatures = {};
  for (const statement of file.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== 'RawExports') continue;
    for (const member of statement.members.filter(ts.isMethodSignature)) {
      const kinds = member.parameters.map((parameter) =>
        parameter.type!.getText(file).toLowerCase(),
      );
      found[member.name.getText(file)] =
        `${kinds.join()} -> ${member.type!.getText(file).toLowerCase()}`;
    }
  }
  return found;
}

const ALLOCATOR = { _malloc: 'number -> pointer', _free: 'pointer -> void' };

test('exports.ts states every function of api.h with the kinds of its parameters and result', () => {
  expect(Object.keys(declaredInC()).length).toBeGreaterThan(25);
  expect(declaredInTypeScript()).toEqual({ ...declaredInC(), ...ALLOCATOR });
});

test('exports.txt lists the functions of api.h', () => {
  const listed = readFileSync(join(wasmFolder, 'exports.txt'), 'utf8').split('\n').filter(Boolean);
  expect(listed.map((name) => `_${name}`).sort()).toEqual(Object.keys(declaredInC()).sort());
});

test('the built module exports just these, with as many parameters', async () => {
  const module = (await loadModule()) as unknown as Record<string, (...args: number[]) => unknown>;
  const signatures = declaredInTypeScript();
  const exported = Object.keys(module).filter((name) => /^_(visavis_|malloc$|free$)/.test(name));
  expect(exported.sort()).toEqual(Object.keys(signatures).sort());
  for (const [name, signature] of Object.entries(signatures)) {
    module[name]!(); // Emscripten puts the WebAssembly function in place of its stub at the first call.
    const parameters = signature.split(' -> ')[0]!.split(',').filter(Boolean);
    expect(`${name} ${module[name]!.length}`).toBe(`${name} ${parameters.length}`);
  }
});

test.each(['visavis.wasm', 'visavis-relaxed.wasm'])(
  '%s stays within what a page may download',
  (name) => {
    const file = readFileSync(join(wasmFolder, 'dist', name));
    expect(gzipSync(file, { level: 9 }).length).toBeLessThanOrEqual(250_000);
  },
);

test('error codes are those of core/base/error.h', () => {
  const source = readFileSync(join(root, 'core/base/error.h'), 'utf8');
  const codes = [...source.matchAll(/^\s+k(\w+) = (\d+),/gm)].map(([, name, number]) => [
    number,
    name!.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase(),
  ]);
  expect(codes.length).toBeGreaterThan(10);
  expect(CORE_ERROR_CODES).toEqual(Object.fromEntries(codes));
});

test('numbers kept twice agree', () => {
  const image = readFileSync(join(root, 'core/image/image.h'), 'utf8');
  expect(image).toContain(`kMaxImagePixels = ${group(MAX_IMAGE_PIXELS)};`);
  expect(header).toContain(`kVisavisFaceValues = ${FACE_VALUES};`);
  expect(header).toContain(`kVisavisLandmarkValues = ${LANDMARK_VALUES};`);
  expect(header).toContain(`kVisavisTrackQualityValues = ${TRACK_QUALITY.length};`);
  for (const [c, script, file] of [
    ['Rate', 'RATE', 'engine'],
    ['Quality', 'QUALITY', 'engine'],
    ['Ranking', 'RANKING', 'support_set'],
  ]) {
    const number = new RegExp(`kVisavis${c}Values = (\\d+);`).exec(header)![1];
    expect(readFileSync(join(wasmFolder, `src/worker/${file}.ts`), 'utf8')).toContain(
      `${script}_VALUES = ${number};`,
    );
  }
});

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "'");
}
