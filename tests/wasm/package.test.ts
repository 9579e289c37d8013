import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { findPhotos, root, wasmFolder } from './photos.js';

const photos = await findPhotos();

/** The first JavaScript block of the package's README. */
async function tenLines(): Promise<string> {
  const readme = await readFile(join(wasmFolder, 'README.md'), 'utf8');
  return /```js\n([^]*?)```/.exec(readme)![1]!;
}

test('what is compiled in, and the font of the page, stand in the notices', async () => {
  const notices = (
    await readFile(join(wasmFolder, 'THIRD_PARTY_NOTICES.txt'), 'utf8')
  ).toLowerCase();
  const headers = await readdir(join(root, 'build/wasm/headers'));
  const page = JSON.parse(await readFile(join(root, 'web/package.json'), 'utf8'));
  const fonts = Object.keys({ ...page.dependencies, ...page.devDependencies })
    .filter((name) => name.startsWith('@fontsource'))
    .map((name) => name.replace(/.*\//, '').replaceAll('-', ' '));
  expect(headers.length).toBeGreaterThan(0);
  expect(fonts.length).toBeGreaterThan(0);
  for (const name of [...headers.map((file) => file.replace(/\.h$/, '')), ...fonts])
    expect(notices).toContain(name.toLowerCase());
});

describe('the tarball, installed into an empty project without a network', () => {
  let project: string;
  beforeAll(async () => {
    const packed = await mkdtemp(join(tmpdir(), 'visavis-pack-'));
    const npm = (args: string[], cwd: string) =>
      execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe' });
    // --ignore-scripts: dist/ is what is under test; prepack would build it anew beneath the other tests.
    npm(['pack', '--ignore-scripts', '--pack-destination', packed], wasmFolder);
    const version = JSON.parse(await readFile(join(wasmFolder, 'package.json'), 'utf8')).version;
    project = await mkdtemp(join(tmpdir(), 'visavis-project-'));
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    npm(
      [
        'install',
        '--offline',
        '--no-audit',
        '--no-fund',
        '--omit=peer',
        join(packed, `visavis-${version}.tgz`),
      ],
      project,
    );
  }, 120_000);

  test('holds the readme, types, WebAssembly and models', () => {
    const installed = join(project, 'node_modules/visavis');
    const files = [
      'index.d.ts',
      'visavis.wasm',
      'visavis-relaxed.wasm',
      'models/embedder.visavis',
      'THIRD_PARTY_NOTICES.txt',
    ];
    for (const file of ['README.md', ...files.map((name) => `dist/${name}`)]) {
      expect(existsSync(join(installed, file)), file).toBe(true);
    }
    expect(existsSync(join(installed, 'src'))).toBe(false);
  });

  test('says how to get sharp where it is absent', async () => {
    const program = `import { Visavis } from 'visavis';
      const visavis = await Visavis.load();
      await visavis.enrol(process.argv[2]).catch((error) => console.log(error.code, error.message));`;
    await writeFile(join(project, 'absent.js'), program);
    const image = join(project, 'image.png');
    await writeFile(image, PIXEL);
    const { stdout } = run('absent.js', [image]);
    expect(stdout).toContain('decoder-missing');
    expect(stdout).toContain('npm i sharp');
    const heic = run('absent.js', [join(root, 'tests/data/drawn.heic')]);
    expect(heic.stdout).toContain('decoder-missing');
    expect(heic.stdout).toContain('npm i libheif-js');
  });

  test("runs the readme's lines and ends by itself", async () => {
    for (const name of ['sharp', '@img', 'detect-libc', 'semver']) {
      const target = join(wasmFolder, 'node_modules', name);
      if (existsSync(target)) symlinkSync(target, join(project, 'node_modules', name));
    }
    await writeFile(join(project, 'readme.js'), await tenLines());
    const match = run('readme.js', [photos.reference, photos.same]);
    expect(match.stderr).toBe('');
    expect(match.stdout).toMatch(/^match\n/);
    const different = run('readme.js', [photos.reference, photos.other]);
    expect(different.stdout).toMatch(/^mismatch\n/);
  });

  function run(program: string, args: string[]) {
    return spawnSync(process.execPath, [program, ...args], {
      cwd: project,
      encoding: 'utf8',
      timeout: 60_000,
    });
  }
});

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);
