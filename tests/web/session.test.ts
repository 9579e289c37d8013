import { beforeEach, describe, expect, test } from 'vitest';

import type { EnrolledFace, Face } from '../../wasm/dist/index.js';
import { VisavisError } from '../../wasm/dist/node/index.js';
import { photoReceiver } from '../../web/src/compare/intake.js';
import { Session } from '../../web/src/compare/session.js';
import { createStore, type Store } from '../../web/src/compare/state.js';
import { calibration, EngineDouble, face, photo, settle } from './doubles.js';

let engine: EngineDouble;
let store: Store;
let session: Session;
beforeEach(async () => {
  engine = new EngineDouble();
  store = createStore();
  session = new Session(store, async () => engine.api);
  await settle();
});

async function bothReady(): Promise<void> {
  session.add('passport', photo('p'));
  session.add('selfie', photo('s'));
  await settle();
  engine.latest('p').answer();
  engine.latest('s').answer();
  await settle();
}

const lastPair = () => engine.decided.at(-1)?.pair;

describe('from photos to a decision', () => {
  test('two photos read are compared', async () => {
    await bothReady();
    expect(store.get().decision?.outcome).toBe('match');
    expect(engine.decided.map(({ pair }) => pair)).toEqual(['p s']);
  });

  test('a photo whose face is known already is not read, and is compared', async () => {
    session.add('passport', photo('p'));
    await settle();
    engine.latest('p').answer();
    const enrolled = { name: 's', width: 100, height: 80, faces: [face(10)], face: face(10) };
    session.add('selfie', photo('s'), 'camera', enrolled as unknown as EnrolledFace);
    expect(store.get().selfie).toMatchObject({
      phase: 'ready',
      sighting: { width: 100, height: 80, faces: [face(10)] },
    });
    await settle();
    expect(engine.asked.map(({ name }) => name)).toEqual(['p']);
    expect(lastPair()).toBe('p s');
  });

  test('replacing the selfie reads the selfie alone, and the old decision is gone at once', async () => {
    await bothReady();
    session.add('selfie', photo('t'));
    expect(store.get().decision).toBeNull();
    await settle();
    expect(engine.asked.map(({ name }) => name)).toEqual(['p', 's', 't']);
    engine.latest('t').answer();
    await settle();
    expect(lastPair()).toBe('p t');
  });

  test('another face of the same photo is read with that face, all others staying in sight', async () => {
    session.add('selfie', photo('group'));
    await settle();
    engine.latest('group').answer([face(10), face(60)]);
    await settle();
    session.choose('selfie', 1);
    await settle();
    expect(engine.latest('group').face).toEqual(face(60));
    engine.latest('group').answer([face(60)]);
    await settle();
    expect(store.get().selfie).toMatchObject({
      phase: 'ready',
      chosen: 1,
      sighting: { faces: [face(10), face(60)] },
    });
  });

  test('another policy decides again without reading again', async () => {
    await bothReady();
    expect(engine.decided.at(-1)?.options).toEqual({ policy: 'balanced' });
    session.setPolicy('careful');
    await settle();
    expect(engine.decided.at(-1)?.options).toEqual({ policy: 'careful' });
    expect(engine.asked.length).toBe(2);
  });
});

describe('what the report needs', () => {
  test('how a photo came is kept with it, through a swap', () => {
    const receiver = photoReceiver(session);
    receiver.take('passport', [photo('p')], 'pasted');
    session.add('selfie', photo('s'), 'camera');
    session.swap();
    const { passport, selfie } = store.get();
    expect([passport?.capture, selfie?.capture]).toEqual(['camera', 'pasted']);
    session.add('selfie', photo('chosen'));
    expect(store.get().selfie?.capture).toBe('file');
  });

  test('what was found by eye stays with the pair, and goes with it', async () => {
    await bothReady();
    session.noteByEye('ears', 'alike');
    session.noteByEye('nose', 'differs');
    session.setPolicy('careful');
    expect(store.get().byEye).toEqual({ ears: 'alike', nose: 'differs' });
    session.add('selfie', photo('t'));
    expect(store.get().byEye).toEqual({});
  });
});

describe('ghost portraits', () => {
  const small = { ...face(70), box: { left: 70, top: 10, width: 25, height: 25 } };
  const faces = () => store.get().passport?.sighting?.faces;

  /** A passport page whose second face is this one, at this distance from the portrait. */
  async function page(other: Face, distance: number): Promise<void> {
    session.add('passport', photo('page'));
    await settle();
    engine.latest('page').answer([face(10), other], distance);
    await settle();
  }

  test('a small face of the same person is not told', async () => {
    await page(small, 0.5);
    expect(engine.latest('page').face).toEqual(small);
    expect(store.get().passport?.phase).toBe('working');
    engine.latest('page').answer([small]);
    await settle();
    expect(store.get().passport?.phase).toBe('ready');
    expect(faces()).toEqual([face(10)]);
  });

  test('a small face of somebody else, or too small to say, is', async () => {
    await page(small, 0.95); // The bound of a match is 0.9.
    engine.latest('page').answer([small]);
    await settle();
    expect(faces()).toEqual([face(10), small]);
    await page(small, 0.5);
    engine.latest('page').fail(new VisavisError('face-too-small', '9 pixels, 12 needed'));
    await settle();
    expect(faces()).toEqual([face(10), small]);
  });

  test('a face as large, and a group, are not looked at', async () => {
    await page(face(60), 0.5);
    expect(faces()).toEqual([face(10), face(60)]);
    session.add('passport', photo('group'));
    await settle();
    engine.latest('group').answer([face(10), small, small, small, small]);
    await settle();
    expect(faces()).toHaveLength(5);
    expect(engine.asked.map(({ name }) => name)).toEqual(['page', 'group']);
  });

  test('a photo replaced meanwhile asks for nothing more', async () => {
    await page(small, 0.5);
    const { signal } = engine.latest('page');
    session.clear('passport');
    await settle();
    expect(signal?.aborted).toBe(true);
    expect(store.get().passport).toBeNull();
  });
});

describe('races', () => {
  test('a later photo aborts the earlier one, whose answer changes nothing', async () => {
    session.add('selfie', photo('old'));
    await settle();
    session.add('selfie', photo('new'));
    await settle();
    expect(engine.latest('old').signal?.aborted).toBe(true);
    engine.latest('new').answer();
    engine.latest('old').answer();
    await settle();
    expect(store.get().selfie?.file.name).toBe('new');
  });

  test('a photo replaced before the engine has loaded is never read', async () => {
    let arrive: (api: EngineDouble['api']) => void = () => {};
    session = new Session(store, () => new Promise((resolve) => (arrive = resolve)));
    session.add('selfie', photo('old'));
    session.add('selfie', photo('new'));
    arrive(engine.api);
    await settle();
    expect(engine.asked.map(({ name }) => name)).toEqual(['new']);
  });

  test('an answer follows its photo through a swap', async () => {
    session.add('passport', photo('a'));
    await settle();
    session.swap();
    engine.latest('a').answer();
    await settle();
    expect(store.get().passport).toBeNull();
    expect(store.get().selfie).toMatchObject({ phase: 'ready', file: { name: 'a' } });
  });

  test('a cleared photo stays cleared when its answer comes', async () => {
    session.add('selfie', photo('a'));
    await settle();
    session.clear('selfie');
    engine.latest('a').answer();
    await settle();
    expect(store.get().selfie).toBeNull();
  });

  test('the decision is that of the last policy asked for, however late the others come', async () => {
    await bothReady();
    for (const policy of ['lenient', 'balanced', 'careful'] as const) session.setPolicy(policy);
    await settle();
    expect(store.get().decision?.bounds).toEqual(calibration.bounds.careful);
  });
});

describe('failures', () => {
  test('a face too small is shown where it is; the message is the package’s', async () => {
    session.add('selfie', photo('far'));
    await settle();
    engine.latest('far').fail(new VisavisError('face-too-small', '9 pixels, 12 needed'));
    await settle();
    expect(engine.detected).toEqual(['far']);
    expect(store.get().selfie).toMatchObject({
      phase: 'failed',
      problem: { title: 'The face is too small', advice: '9 pixels, 12 needed' },
      sighting: { faces: [face(5)] },
    });
  });

  test('a file that is no photo is not decoded a second time', async () => {
    session.add('selfie', photo('bomb'));
    await settle();
    engine.latest('bomb').fail(new VisavisError('image-too-large', '20000 x 20000'));
    await settle();
    expect(engine.detected).toEqual([]);
    expect(store.get().selfie?.sighting).toBeNull();
  });

  test('what is refused leaves the photo and the decision alone', async () => {
    await bothReady();
    session.refuse('selfie', { title: 'That is a folder', advice: '', showsPhoto: false });
    expect(store.get().decision).not.toBeNull();
    expect(store.get().refused.selfie?.title).toBe('That is a folder');
  });

  test('a photo waits out a failed download and goes on after retry', async () => {
    let attempts = 0;
    session = new Session(store, async () => {
      if (attempts++ === 0) throw new VisavisError('io', 'no network');
      return engine.api;
    });
    session.add('selfie', photo('a'));
    await settle();
    expect(store.get().engine).toMatchObject({
      phase: 'failed',
      problem: { title: 'A download failed' },
    });
    session.retry();
    await settle();
    engine.latest('a').answer();
    await settle();
    expect(store.get().selfie?.phase).toBe('ready');
    expect(engine.asked.length).toBe(1);
  });
});
