import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

import { expect, test } from 'vitest';

import { Classifier, type Photo, type Subject } from '../../wasm/dist/node/index.js';
import { bars, cross, drawn, ring, type Shape } from './drawings.js';
import { findPhotos, root, sharp, wasmFolder } from './photos.js';

const native = process.env['VISAVIS_NATIVE'] ?? join(root, 'build/native/visavis');
const models = join(wasmFolder, 'dist/models');

interface Answer {
  readonly method: string;
  readonly threshold: number;
  readonly photos: { is_rejected: boolean; classes: { class: string; distance: number }[] }[];
}

function classifyNatively(subject: Subject, support: string, queries: readonly string[]): Answer {
  const model = subject === 'faces' ? [] : ['--model', join(models, 'characters.visavis')];
  const options = [
    'classify',
    '--models',
    models,
    ...model,
    '--support',
    support,
    '--json',
    ...queries,
  ];
  return JSON.parse(
    execFileSync(native, options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Answer;
}

/** Asks both, by their defaults, with one example of each class; `tolerance`, of distances, is the parity test's. */
async function expectSameAnswers(
  subject: Subject,
  examples: Readonly<Record<string, string>>,
  queries: readonly string[],
  tolerance: number,
): Promise<boolean[]> {
  const support = await mkdtemp(join(tmpdir(), 'visavis-support-'));
  using classifier = await Classifier.load({ subject });
  for (const [name, file] of Object.entries(examples)) {
    await mkdir(join(support, name));
    await copyFile(file, join(support, name, `0${extname(file)}`));
    await classifier.addExample(name, file as Photo);
  }
  const answer = classifyNatively(subject, support, queries);
  expect(classifier.rejectionDistance).toBe(answer.threshold);
  for (const [i, query] of queries.entries()) {
    const { ranking, distance, isNoneOfThese } = await classifier.classify(query as Photo);
    expect(isNoneOfThese).toBe(answer.photos[i]!.is_rejected);
    expect(ranking[0]!.name).toBe(answer.photos[i]!.classes[0]!.class);
    expect(Math.abs(distance - answer.photos[i]!.classes[0]!.distance)).toBeLessThan(tolerance);
  }
  return answer.photos.map((photo) => photo.is_rejected);
}

test.skipIf(!existsSync(native))(
  'of faces, command line and package say "none of these" alike',
  async () => {
    const photos = await findPhotos();
    const rejected = await expectSameAnswers(
      'faces',
      { Anna: photos.reference },
      [photos.same, photos.other],
      1e-2,
    );
    expect(rejected).toEqual([false, true]);
  },
  60_000,
);

test.skipIf(!existsSync(native))(
  'of characters, too',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-drawings-'));
    const save = async (name: string, shape: Shape, options = {}) => {
      const { width, height, data } = drawn(shape, options);
      const path = join(folder, `${name}.png`);
      await sharp(data, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .png()
        .toFile(path);
      return path;
    };
    const examples = { ring: await save('ring', ring), cross: await save('cross', cross) };
    const queries = [
      await save('again', ring, { shift: [3, -2], scale: 0.95, pen: 5 }),
      await save('bars', bars),
    ];
    await expectSameAnswers('characters', examples, queries, 1e-3);
  },
  60_000,
);
