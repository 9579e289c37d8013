import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Visavis, VisavisError } from '../../wasm/dist/node/index.js';
import { framesOfFunction, type GuideEngine, GuideLoop } from '../../wasm/dist/page/guide.js';
import type { GuideCapture, GuideOptions, GuideStep } from '../../wasm/dist/shared/guide_types.js';
import type { Pixels, TrackedView } from '../../wasm/dist/shared/types.js';
import { type Drawn, faceAt, view } from './guide_views.js';
import { findPhotos, pixelsOf, sharp } from './photos.js';

/** What a frame shows, and whose face it is. */
interface Scene {
  readonly drawn: Drawn | null;
  readonly person?: string;
}
/** A scene stands in for the pixels of a frame; how many of them are not freed. */
type Picture = Pixels & { readonly scene: Scene };
let alive = 0;

/** The package's calls on scenes: an embedding is the person's name. */
class EngineDouble {
  readonly enrolled: string[] = [];
  detections = 0;
  landmarks = 68;
  found: ReturnType<typeof faceAt>[] = [];
  previous: unknown[] = [];

  readonly api = {
    calibration: { bounds: { balanced: { match: 0.9 } } },
    track: async ({ scene }: Picture, { previous }: { previous: unknown }) => {
      this.previous.push(previous);
      const seen: TrackedView = view(scene.drawn);
      if (seen.face === null || this.landmarks === 68) return seen;
      return { ...seen, face: { ...seen.face, landmarks: [] } };
    },
    detect: async () => {
      this.detections += 1;
      return { width: 1000, height: 1000, faces: this.found, milliseconds: 1 };
    },
    enrol: async ({ scene }: Picture, { face }: { face: unknown }) => {
      if (face === 0 && scene.drawn === null) throw new VisavisError('no-face', 'nobody');
      this.enrolled.push(`${scene.person} ${scene.drawn?.sharpness ?? 0.4}`);
      return { person: scene.person };
    },
    verify: async (a: { person: string }, b: { person: string }) => ({
      distance: a.person === b.person ? 0.2 : 1.3,
    }),
  } as unknown as GuideEngine;
}

/** A clock that goes 100 ms further with every frame, which `sceneAt` gives by its number. */
function guideThrough(
  engine: EngineDouble,
  sceneAt: (frame: number) => Scene,
  options: Partial<GuideOptions> = {},
): GuideLoop<Picture> {
  let frame = 0;
  const source = {
    next: async () => {
      const scene = sceneAt(frame++);
      const picture: Picture = { width: 1000, height: 1000, data: new Uint8Array(), scene };
      return {
        frame: picture,
        keep: async () => {
          alive += 1;
          return { picture, discard: () => (alive -= 1) };
        },
        close: () => undefined,
      };
    },
  };
  return new GuideLoop<Picture>(
    engine.api,
    source,
    { kind: 'selfie', ...options },
    () => 100 * frame,
  );
}

async function stepsOf<P>(
  guide: AsyncIterable<GuideStep<P>>,
  onStep: (step: GuideStep<P>, count: number) => void = () => undefined,
): Promise<GuideStep<P>[]> {
  const steps: GuideStep<P>[] = [];
  for await (const step of guide) {
    onStep(step, steps.push(step));
    if (steps.length === 200) break;
  }
  return steps;
}

const capturedBy = <P>(steps: GuideStep<P>[]): GuideCapture<P> => steps.at(-1)!.captured!;

describe('the loop', () => {
  test('takes the sharpest frame of the second, and frees the others', async () => {
    alive = 0;
    const engine = new EngineDouble();
    const steps = await stepsOf(
      guideThrough(engine, (i) => ({
        drawn: { sharpness: i === 12 ? 0.9 : 0.4 + i / 1000 },
        person: 'A',
      })),
    );
    expect(steps.map(({ hint }) => hint)).toContain('hold-still');
    expect(steps.at(-1)).toMatchObject({ hint: 'taken', progress: 1 });
    const { picture, enrolled, isAutomatic } = capturedBy(steps);
    expect(picture.scene.drawn).toEqual({ sharpness: 0.9 });
    expect(enrolled).toEqual({ person: 'A' });
    expect(isAutomatic).toBe(true);
    expect(engine.enrolled[0]).toBe('A 0.9');
    expect(alive).toBe(1);
    expect(engine.detections).toBe(0);
  });

  test('follows the face from frame to frame', async () => {
    const engine = new EngineDouble();
    await stepsOf(guideThrough(engine, (i) => ({ drawn: { x: 0.5 + i / 1000 }, person: 'A' })));
    expect(engine.previous[0]).toBeNull();
    expect(engine.previous[3]).toMatchObject({ box: { left: 292 } });
  });

  test('somebody else in the second starts it again', async () => {
    alive = 0;
    const engine = new EngineDouble();
    // The sharpest is of A, the other end of the second of B; then B alone.
    const steps = await stepsOf(
      guideThrough(engine, (i) => ({
        drawn: { sharpness: i === 8 ? 0.9 : 0.4 },
        person: i < 12 ? 'A' : 'B',
      })),
    );
    expect(engine.enrolled.slice(0, 2)).toEqual(['A 0.9', 'B 0.4']);
    expect(steps.map(({ hint }) => hint)).toContain('faces-differ');
    expect(capturedBy(steps).picture.scene.person).toBe('B');
    expect(alive).toBe(1);
  });

  test('the shutter answers what stands against it, and takes it anyway', async () => {
    const engine = new EngineDouble();
    const guide = guideThrough(engine, () => ({ drawn: { brightness: 20 }, person: 'A' }));
    const answers: unknown[] = [];
    const steps = await stepsOf(guide, (step, count) => {
      if (count === 3) answers.push(guide.capture({ anyway: true })?.hint, step.canCapture);
      if (count === 25) answers.push(guide.capture()?.hint, step.canCapture);
      if (count === 30) answers.push(guide.capture({ anyway: true }));
    });
    expect(answers).toEqual(['starting', false, 'more-light', true, null]);
    expect(steps.length).toBe(31);
    expect(capturedBy(steps)).toMatchObject({ isAutomatic: false, enrolled: { person: 'A' } });
  });

  test('the shutter is no trap where no face is found', async () => {
    const engine = new EngineDouble();
    const guide = guideThrough(engine, () => ({ drawn: null }));
    const steps = await stepsOf(
      guide,
      (_, count) => count === 25 && guide.capture({ anyway: true }),
    );
    expect(capturedBy(steps)).toMatchObject({ enrolled: null });
  });

  test('a document’s portrait is searched for once a second, and followed from there', async () => {
    const engine = new EngineDouble();
    engine.found = [faceAt(200, 400, 90)];
    const guide = guideThrough(
      engine,
      (i) => ({ drawn: i < 25 ? null : { eyeDistance: 50 }, person: 'A' }),
      {
        kind: 'document',
      },
    );
    const steps = await stepsOf(guide);
    expect(engine.detections).toBe(3);
    expect(engine.previous[1]).toEqual(engine.found[0]);
    expect(capturedBy(steps).isAutomatic).toBe(true);
  });

  test('an abort rejects the pending step; leaving the loop frees what was kept', async () => {
    alive = 0;
    const abort = new AbortController();
    const guide = guideThrough(new EngineDouble(), () => ({ drawn: {}, person: 'A' }), {
      signal: abort.signal,
    });
    const ended = stepsOf(guide, (_, count) => count === 10 && abort.abort());
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' });
    expect(alive).toBe(0);
    for await (const { progress } of guideThrough(new EngineDouble(), () => ({
      drawn: {},
      person: 'A',
    })))
      if (progress > 0.5) break;
    expect(alive).toBe(0);
  });

  test('a landmark model without 68 points is refused', async () => {
    const engine = new EngineDouble();
    engine.landmarks = 0;
    await expect(stepsOf(guideThrough(engine, () => ({ drawn: {} })))).rejects.toMatchObject({
      code: 'model-mismatch',
    });
  });

  test('a function gives the frames, and its errors are the caller’s', async () => {
    const error = new Error('no camera');
    const frames = framesOfFunction<Pixels>(() => Promise.reject(error));
    await expect(frames.next(undefined)).rejects.toBe(error);
  });
});

describe('the package', () => {
  let visavis: Visavis;
  let frame: Pixels;
  beforeAll(async () => {
    visavis = await Visavis.load();
    const photos = await findPhotos();
    const close = await sharp(photos.reference).rotate().resize({ height: 600 }).png().toBuffer();
    const wide = await sharp(close)
      .extend({ left: 150, right: 150, background: '#8c8f94' })
      .png()
      .toBuffer();
    frame = await pixelsOf(wide);
  });
  afterAll(() => visavis.dispose());

  test('takes what a function shows it', async () => {
    const steps = await stepsOf(visavis.guide(() => frame, { kind: 'document' }));
    const { picture, enrolled } = capturedBy(steps);
    expect(picture).toBe(frame);
    expect(enrolled?.embedding.length).toBeGreaterThan(0);
    expect(steps.at(-1)?.quality?.sharpness).toBe(steps[0]?.quality?.sharpness);
  }, 30_000);

  test('refuses what it cannot guide by', () => {
    const refused = (message: string) =>
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringContaining(message) as string,
      });
    const any = (value: unknown) => value as never;
    const show = () => frame;
    expect(() => visavis.guide(show, any(undefined))).toThrow(refused("kind must be 'selfie'"));
    expect(() => visavis.guide(show, { kind: any('cat') })).toThrow(refused("not 'cat'"));
    expect(() => visavis.guide(show, any({ kind: 'selfie', rule: 1 }))).toThrow(
      refused("guide has no option 'rule'"),
    );
    expect(() => visavis.guide(show, { kind: 'selfie', rules: any(1) })).toThrow(refused('rules'));
    expect(() => visavis.guide(show, { kind: 'selfie', automatic: any(1) })).toThrow(
      refused('automatic must be'),
    );
    expect(() => visavis.guide(show, { kind: 'selfie', view: any({}) })).toThrow(
      refused('view must be a function'),
    );
    expect(() => visavis.guide(any({}), { kind: 'selfie' })).toThrow(refused('takes a function'));
  });
});
