import { beforeEach, describe, expect, test } from 'vitest';

import { VisavisError } from '../../wasm/dist/node/index.js';
import { Lesson } from '../../web/src/teach/lesson.js';
import { createLessonStore, type LessonStore, MAX_EXAMPLES } from '../../web/src/teach/state.js';
import { ClassifierDouble, drawing } from './classifier_double.js';
import { photo, settle } from './doubles.js';

let double: ClassifierDouble;
let store: LessonStore;
let lesson: Lesson;
beforeEach(async () => {
  double = new ClassifierDouble();
  store = createLessonStore('characters');
  lesson = new Lesson('characters', store, async () => double.classifier);
  lesson.start();
  await settle();
});

async function add(id: string, name: string): Promise<void> {
  lesson.addExamples(id, [photo(name)]);
  await settle();
  double.latest(name).answer();
  await settle();
}

const entry = (id: string) => store.get().classes.find((one) => one.id === id)!;
const thumbnails = (id: string) => entry(id).examples.map(({ thumbnail }) => thumbnail !== null);

describe('from examples to an answer', () => {
  test('a query is answered once two classes have an example, and again with each change', async () => {
    await add('c1', 'a');
    lesson.tryOut(photo('q'));
    await settle();
    double.latest('q').answer();
    await settle();
    expect(store.get().answer).toBeNull();
    await add('c2', 'b');
    expect(store.get().answer?.ranking[0]).toMatchObject({ name: 'c1', probability: 0.9 });
    lesson.removeExample('c2', entry('c2').examples[0]!.id);
    await settle();
    expect(store.get().answer).toBeNull();
    expect(double.known).toBe('c1: a');
    await add('c2', 'c');
    expect(double.asked).toEqual(['q', 'q']);
  });

  test('files have their ink found, drawings are in their form already', async () => {
    lesson.addExamples('c1', [photo('file'), drawing()]);
    await settle();
    expect(double.seen.map(({ name, options }) => [name, options.findInk])).toEqual([
      ['file', true],
      ['drawing', false],
    ]);
  });

  test('the answer to a drawing stays until its next stroke’s is there; a file’s goes at once', async () => {
    await add('c1', 'a');
    await add('c2', 'b');
    lesson.tryOut(drawing());
    await settle();
    double.latest('drawing').answer();
    await settle();
    const first = store.get().answer;
    lesson.tryOut(drawing());
    expect(store.get().answer).toBe(first);
    await settle();
    double.latest('drawing').answer();
    await settle();
    expect(store.get().answer).not.toBe(first);
    lesson.tryOut(photo('q'));
    expect(store.get().answer).toBeNull();
    lesson.forgetQuery();
    expect(store.get().query).toBeNull();
  });

  test('removing an example removes that one from the classifier, whatever is still being read', async () => {
    for (const name of ['a', 'b', 'c']) await add('c1', name);
    lesson.addExamples('c1', [photo('d')]);
    await settle();
    const [, b] = entry('c1').examples;
    lesson.removeExample('c1', b!.id);
    await settle();
    expect(double.known).toBe('c1: a c');
    const [first] = entry('c1').examples;
    lesson.removeExample('c1', first!.id);
    double.latest('d').answer();
    await settle();
    expect(double.known).toBe('c1: c d');
    expect(thumbnails('c1')).toEqual([true, true]);
  });

  test('several faces: the largest is taken, and that is said', async () => {
    lesson.addExamples('c1', [photo('group')]);
    await settle();
    double.latest('group').answer(3);
    await settle();
    expect(entry('c1')).toMatchObject({ problem: { title: '3 faces found' }, examples: [{}] });
  });
});

describe('races', () => {
  test('an example removed while it is read never arrives', async () => {
    lesson.addExamples('c1', [photo('a')]);
    await settle();
    lesson.removeExample('c1', entry('c1').examples[0]!.id);
    expect(double.latest('a').options.signal?.aborted).toBe(true);
    double.latest('a').answer();
    await settle();
    expect(double.known).toBe('');
    expect(entry('c1')).toMatchObject({ examples: [], problem: null });
  });

  test('a class removed with an example under way takes it along', async () => {
    await add('c1', 'a');
    lesson.addExamples('c1', [photo('b')]);
    await settle();
    lesson.removeClass('c1');
    double.latest('b').answer();
    await settle();
    expect(double.known).toBe('');
    expect(store.get().classes.map(({ id }) => id)).toEqual(['c2']);
  });

  test('the answer is that to the last query, however late the others come', async () => {
    await add('c1', 'a');
    await add('c2', 'b');
    lesson.tryOut(photo('old'));
    await settle();
    lesson.tryOut(photo('new'));
    await settle();
    double.latest('new').answer();
    double.latest('old').answer();
    await settle();
    expect(double.asked).toEqual(['new']);
  });
});

describe('bad input', () => {
  test('a sixth example is refused, and so is the rest of too many files', async () => {
    lesson.addExamples('c1', ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(photo));
    await settle();
    for (const { answer } of [...double.seen]) answer();
    await settle();
    expect(double.seen.length).toBe(MAX_EXAMPLES);
    lesson.addExamples('c1', [photo('h')]);
    await settle();
    expect(entry('c1')).toMatchObject({ problem: { title: '5 examples are the limit' } });
    expect(double.known).toBe('c1: a b c d e');
  });

  test('empty and taken names are refused, the old one stays', () => {
    lesson.rename('c1', '  lambda ');
    expect(entry('c1')).toMatchObject({ name: 'lambda', problem: null });
    lesson.rename('c2', 'lambda');
    expect(entry('c2')).toMatchObject({
      name: 'B',
      problem: { title: expect.stringContaining('lambda') },
    });
    lesson.rename('c2', '   ');
    expect(entry('c2')).toMatchObject({ name: 'B', problem: { title: 'A class needs a name' } });
    lesson.rename('c2', 'B');
    expect(entry('c2').problem).toBeNull();
  });

  test('a new class gets a name that none has', () => {
    lesson.rename('c1', 'C');
    expect(entry(lesson.addClass()).name).toBe('D');
    lesson.removeClass('c2');
    const names = [lesson.addClass(), lesson.addClass()].map((id) => entry(id).name);
    expect(new Set([...names, 'C', 'D']).size).toBe(4);
  });

  test('what is no image leaves a line, and no example', async () => {
    lesson.addExamples('c1', [photo('letter')]);
    await settle();
    double.latest('letter').fail(new VisavisError('unreadable-image', 'The file is no image.'));
    await settle();
    expect(entry('c1')).toMatchObject({
      examples: [],
      problem: { title: 'This file cannot be read as a picture' },
    });
    lesson.tryOut(photo('q'));
    await settle();
    double.latest('q').fail(new VisavisError('image-too-large', '20000 x 20000'));
    await settle();
    expect(store.get().query?.problem?.title).toBe('This picture is too large');
    const folder = { title: 'That is a folder', advice: '', showsPhoto: false };
    lesson.refuse(null, folder);
    lesson.refuse('c2', folder);
    expect([store.get().query?.problem, entry('c2').problem]).toEqual([folder, folder]);
  });
});

describe('loading', () => {
  test('is asked for once, and again only after it failed; what waited goes on', async () => {
    let attempts = 0;
    lesson = new Lesson('faces', createLessonStore('faces'), async () => {
      if (attempts++ === 0) throw new VisavisError('io', 'no network');
      return double.classifier;
    });
    lesson.start();
    lesson.start();
    lesson.addExamples('c1', [photo('a')]);
    await settle();
    expect(lesson.store.get().engine).toMatchObject({
      phase: 'failed',
      canRetry: true,
      problem: { title: 'A download failed' },
    });
    lesson.retry();
    await settle();
    double.latest('a').answer();
    await settle();
    expect([attempts, double.known]).toEqual([2, 'c1: a']);
    lesson.retry();
    expect(attempts).toBe(2);
  });

  test('a classifier that dies is not tried again as if it still knew', async () => {
    await add('c1', 'a');
    await add('c2', 'b');
    double.api.classify = () => Promise.reject(new VisavisError('internal', 'it ended'));
    lesson.tryOut(photo('q'));
    await settle();
    double.latest('q').answer();
    await settle();
    expect(store.get().engine).toMatchObject({
      phase: 'failed',
      canRetry: false,
      problem: { advice: expect.stringContaining('Reload') },
    });
  });
});
