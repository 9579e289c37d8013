import { beforeEach, describe, expect, test, vi } from 'vitest';

import { VisavisError } from '../../wasm/dist/node/index.js';
import { isKeptLesson, type KeptLesson } from '../../web/src/teach/kept_lesson.js';
import type { KeptStore } from '../../web/src/teach/kept_store.js';
import { Keeping } from '../../web/src/teach/keeping.js';
import { Lesson } from '../../web/src/teach/lesson.js';
import { createLessonStore, SUBJECTS } from '../../web/src/teach/state.js';
import { ClassifierDouble } from './classifier_double.js';
import { photo } from './doubles.js';

/** A browser's store, which may fail. */
class MemoryStore implements KeptStore {
  readonly kept = new Map<string, KeptLesson>();
  writes = 0;
  failure: Error | null = null;
  private attempt(): void {
    if (this.failure) throw this.failure;
  }
  async readAll() {
    this.attempt();
    return [...this.kept.values()].filter(isKeptLesson);
  }
  async write(lesson: KeptLesson) {
    this.attempt();
    this.writes++;
    this.kept.set(lesson.subject, structuredClone(lesson));
  }
  async remove(subject: string) {
    this.attempt();
    this.kept.delete(subject);
  }
  async clear() {
    this.attempt();
    this.kept.clear();
  }
}

class Page {
  readonly doubles = { characters: new ClassifierDouble(), faces: new ClassifierDouble() };
  readonly lessons = SUBJECTS.map(
    (subject) =>
      new Lesson(subject, createLessonStore(subject), async () => this.doubles[subject].classifier),
  );
  readonly signs = this.lessons[0]!;
  readonly people = this.lessons[1]!;
  readonly keeping: Keeping;

  constructor(store: KeptStore) {
    this.keeping = new Keeping(store, this.lessons);
  }

  async open(): Promise<this> {
    await this.keeping.restore();
    this.signs.start();
    await pause();
    return this;
  }

  async teach(id: string, name: string): Promise<void> {
    this.signs.addExamples(id, [photo(name)]);
    await pause();
    this.doubles.characters.latest(name).answer();
    await pause();
  }

  get shown(): string[] {
    return this.signs.store.get().classes.map(({ name, examples }) => `${name} ${examples.length}`);
  }
}

/** Longer than changes are gathered for before they are written. */
const pause = () => vi.advanceTimersByTimeAsync(1000);

let store: MemoryStore;
let page: Page;
beforeEach(async () => {
  vi.useFakeTimers();
  store = new MemoryStore();
  page = await new Page(store).open();
});

const state = () => page.keeping.state.get();

test('nothing is kept before it is asked for; then all of it, and each change', async () => {
  await page.teach('c1', 'a');
  expect([store.writes, store.kept.size]).toEqual([0, 0]);
  await page.keeping.keep(true);
  expect(state()).toEqual({ isOn: true, phase: 'kept', problem: null });
  expect([...store.kept.keys()]).toEqual(['characters']);
  await page.teach('c2', 'b');
  page.signs.rename('c2', 'beta');
  await pause();
  const kept = store.kept.get('characters')!;
  expect(kept.classes.map(({ name, thumbnails }) => [name, thumbnails.length])).toEqual([
    ['A', 1],
    ['beta', 1],
  ]);
  // Names, thumbnails and embeddings, and nothing else.
  expect(Object.keys(kept).sort()).toEqual(['classes', 'model', 'subject', 'support']);
  expect(Object.keys(kept.classes[0]!).sort()).toEqual(['id', 'name', 'thumbnails']);
});

test('changes that follow each other closely are written once', async () => {
  await page.keeping.keep(true);
  await page.teach('c1', 'a');
  const before = store.writes;
  for (const name of ['x', 'xy', 'xyz']) page.signs.rename('c1', name);
  await pause();
  expect(store.writes).toBe(before + 1);
});

test('what was kept is there again, known to the classifier, before what is then added', async () => {
  await page.teach('c1', 'a');
  await page.teach('c2', 'b');
  await page.keeping.keep(true);
  page = new Page(store);
  await page.keeping.restore();
  expect(page.shown).toEqual(['A 1', 'B 1']);
  page.signs.start();
  await page.teach('c1', 'c');
  expect(page.doubles.characters.known).toBe('c1: a c, c2: b');
  expect(state()).toMatchObject({ isOn: true, phase: 'kept' });
  await pause();
  expect(store.kept.get('characters')!.classes[0]!.thumbnails.length).toBe(2);
});

test('a subject that is never shown is never loaded, and stays kept', async () => {
  store.kept.set('faces', {
    subject: 'faces',
    model: 'm',
    support: new TextEncoder().encode('[]'),
    classes: [],
  });
  page = await new Page(store).open();
  await page.teach('c1', 'a');
  await pause();
  expect([...store.kept.keys()].sort()).toEqual(['characters', 'faces']);
  expect(page.people.store.get().engine.phase).toBe('idle');
});

describe('ending it', () => {
  beforeEach(async () => {
    await page.teach('c1', 'a');
    await page.keeping.keep(true);
  });

  test('erasing empties the store and the screen, and nothing is written after', async () => {
    page.signs.rename('c1', 'on its way');
    await page.keeping.eraseAll();
    await pause();
    expect(store.kept.size).toBe(0);
    expect(page.shown).toEqual(['A 0', 'B 0']);
    expect(page.doubles.characters.known).toBe('');
    await page.teach('c1', 'new');
    expect([store.kept.size, state().isOn]).toEqual([0, false]);
  });

  test('switching it off empties the store and leaves the screen', async () => {
    await page.keeping.keep(false);
    expect(store.kept.size).toBe(0);
    expect(page.shown).toEqual(['A 1', 'B 0']);
  });

  test('removing the last example leaves nothing behind', async () => {
    page.signs.removeClass('c1');
    await pause();
    expect(store.kept.size).toBe(0);
  });
});

describe('failures lose nothing on the screen', () => {
  const full = new DOMException('full', 'QuotaExceededError');

  test.each([
    [full, /full/],
    [new DOMException('denied', 'InvalidStateError'), /private window.*denied/],
  ])('keeping: %s', async (failure, words) => {
    await page.teach('c1', 'a');
    store.failure = failure;
    await page.keeping.keep(true);
    expect(state()).toMatchObject({
      isOn: false,
      phase: 'idle',
      problem: { advice: expect.stringMatching(words) },
    });
    expect(page.shown).toEqual(['A 1', 'B 0']);
  });

  test('erasing that fails says so and keeps the screen, so that it can be tried again', async () => {
    await page.teach('c1', 'a');
    store.failure = full;
    await page.keeping.eraseAll();
    expect(state().problem).not.toBeNull();
    expect(page.shown).toEqual(['A 1', 'B 0']);
    store.failure = null;
    await page.keeping.eraseAll();
    expect([state().problem, ...page.shown]).toEqual([null, 'A 0', 'B 0']);
  });

  test('reading: the page works all the same', async () => {
    store.failure = new Error('denied');
    page = await new Page(store).open();
    expect(state()).toMatchObject({
      isOn: false,
      problem: { title: 'What was kept cannot be read' },
    });
    await page.teach('c1', 'a');
    expect(page.shown).toEqual(['A 1', 'B 0']);
  });

  test.each([
    [new VisavisError('model-mismatch', 'made by another'), 'What was kept cannot be used'],
    [new VisavisError('invalid-argument', 'cut short'), 'What was kept cannot be read'],
  ])('a set that cannot be used is told and stays kept: %s', async (problem, title) => {
    await page.teach('c1', 'a');
    await page.keeping.keep(true);
    const kept = store.kept.get('characters');
    page = new Page(store);
    page.doubles.characters.importProblem = problem;
    await page.open();
    expect(state()).toMatchObject({ isOn: false, problem: { title } });
    await page.teach('c1', 'b');
    expect(page.shown).toEqual(['A 1']);
    expect(store.kept.get('characters')).toEqual(kept);
  });

  test('a set whose parts do not fit is not used in part', async () => {
    await page.teach('c1', 'a');
    await page.keeping.keep(true);
    const kept = store.kept.get('characters')!;
    const [first] = kept.classes;
    const doubled = { ...first!, thumbnails: [...first!.thumbnails, ...first!.thumbnails] };
    store.kept.set('characters', { ...kept, classes: [doubled] });
    page = await new Page(store).open();
    expect(state().problem?.title).toBe('What was kept cannot be read');
    expect([page.shown, page.doubles.characters.known]).toEqual([['A 0'], '']);
  });

  test('what another page wrote in another form is passed over', () => {
    for (const odd of [null, 7, {}, { subject: 'cars', support: new Uint8Array(), classes: [] }])
      expect(isKeptLesson(odd)).toBe(false);
    const bad = {
      id: 'c1',
      name: 'A',
      thumbnails: [{ width: 9, height: 9, data: new Uint8ClampedArray(3) }],
    };
    expect(isKeptLesson({ subject: 'faces', support: new Uint8Array(), classes: [bad] })).toBe(
      false,
    );
  });
});
