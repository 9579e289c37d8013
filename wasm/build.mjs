// Builds dist/: the TypeScript compiled, beside it the WebAssembly, the models and their lengths.
// VISAVIS_BUILD names the folder that holds wasm/ and models/ (default: ../build).
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const build = process.env.VISAVIS_BUILD ?? join(here, '../build');
const dist = join(here, 'dist');

const models = {
  nearDetector: 'blazeface-near.visavis',
  farDetector: 'blazeface-far.visavis',
  landmarks: 'landmarks68.visavis',
  embedder: 'embedder.visavis',
  confirmation: 'confirmation.visavis',
};
/** Trained here, so it lies in the repository. */
const characters = join(here, '../models/characters/characters.visavis');

const copies = [
  ['wasm/visavis.mjs', 'visavis.mjs'],
  ['wasm/visavis.wasm', 'visavis.wasm'],
  ...Object.values(models).map((name) => [`models/${name}`, `models/${name}`]),
].map(([from, to]) => ({ from: join(build, from), to: join(dist, to) }));
copies.push({ from: characters, to: join(dist, 'models/characters.visavis') });

const missing = copies.find(({ from }) => !existsSync(from));
if (missing !== undefined) {
  console.error(
    `${missing.from} is missing: build the wasm preset and install the models first (./run does both).`,
  );
  process.exit(1);
}

function optimize(from, to) {
  const binaryen = dirname(createRequire(import.meta.url).resolve('binaryen/package.json'));
  const features = [
    'simd',
    'relaxed-simd',
    'exception-handling',
    'bulk-memory',
    'sign-ext',
    'nontrapping-float-to-int',
  ];
  execFileSync(process.execPath, [
    join(binaryen, 'bin/wasm-opt'),
    ...['-O3', '--strip-debug', '--strip-producers', '--strip-target-features'],
    ...features.map((feature) => `--enable-${feature}`),
    ...[from, '-o', to],
  ]);
}

rmSync(dist, { recursive: true, force: true });
for (const folder of ['models', 'page']) mkdirSync(join(dist, folder), { recursive: true });
for (const { from, to } of copies) cpSync(from, to);

const bytes = { wasm: statSync(join(dist, 'visavis.wasm')).size };
// The variant with relaxed SIMD, as the linker left it: Debian's Binaryen cannot read it. Without it the package works,
// slower; what is published has it (prepack).
const relaxed = join(build, 'wasm-relaxed/visavis.wasm');
if (existsSync(relaxed)) {
  const optimized = join(build, 'wasm-relaxed/visavis.optimized.wasm');
  // It takes 20 seconds: once, however often the TypeScript is compiled.
  if (!existsSync(optimized) || statSync(optimized).mtimeMs < statSync(relaxed).mtimeMs) {
    optimize(relaxed, `${optimized}.new`);
    renameSync(`${optimized}.new`, optimized);
  }
  cpSync(optimized, join(dist, 'visavis-relaxed.wasm'));
  bytes.relaxedWasm = statSync(optimized).size;
} else if (process.env.npm_lifecycle_event === 'prepack') {
  console.error(`${relaxed} is missing: build the preset wasm-relaxed first (./run does).`);
  process.exit(1);
}
for (const [role, name] of Object.entries({ ...models, characters: 'characters.visavis' }))
  bytes[role] = statSync(join(dist, 'models', name)).size;
writeFileSync(
  join(dist, 'page/asset_bytes.js'),
  `export const ASSET_BYTES = ${JSON.stringify(bytes)};\n`,
);

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.json')], { stdio: 'inherit' });
cpSync(join(here, 'src/visavis.d.mts'), join(dist, 'visavis.d.mts'));
cpSync(join(here, 'THIRD_PARTY_NOTICES.txt'), join(dist, 'THIRD_PARTY_NOTICES.txt'));
