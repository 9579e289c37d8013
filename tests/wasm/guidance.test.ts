import { describe, expect, test } from 'vitest';

import {
  advance,
  canCapture,
  type Guidance,
  objectionTo,
  progressOf,
  startAgain,
  startGuidance,
} from '../../wasm/dist/page/guidance.js';
import { GUIDE_HINTS, GUIDE_RULES, requireRules } from '../../wasm/dist/page/guide_rules.js';
import type { GuideKind } from '../../wasm/dist/shared/guide_types.js';
import { type Drawn, view } from './guide_views.js';

/** Milliseconds from frame to frame. */
const PACE = 100;

/** A capture fed with frames, one every PACE. */
class Session {
  now = 0;
  readonly hints: string[] = [];
  state: Guidance;
  private readonly settings;

  constructor(kind: GuideKind = 'selfie', isAutomatic = true) {
    this.settings = { rules: GUIDE_RULES[kind], isAutomatic };
    this.state = startGuidance(this.settings, 0);
  }

  see(frames: number, drawn: Drawn | null): this {
    for (let i = 0; i < frames; i++) {
      this.now += PACE;
      this.state = advance(this.state, this.settings, view(drawn), this.now);
      const { hint } = this.state.shown;
      if (this.hints.at(-1) !== hint) this.hints.push(hint);
    }
    return this;
  }

  get hint(): string {
    return this.state.shown.hint;
  }
}

describe('every rule', () => {
  const selfies: [name: string, drawn: Drawn | null, direction?: string][] = [
    ['not-in-view', null],
    ['one-person', { other: 0.3 }],
    ['move-closer', { width: 0.25 }],
    ['move-back', { width: 0.7 }],
    ['move-to-middle', { x: 0.3 }, 'right'],
    ['move-to-middle', { x: 0.65 }, 'left'],
    ['move-to-middle', { y: 0.3 }, 'down'],
    ['move-to-middle', { y: 0.62 }, 'up'],
    ['look-straight', { yaw: 20 }, 'left'],
    ['look-straight', { yaw: -20 }, 'right'],
    ['chin-up', { pitch: -25 }, 'up'],
    ['chin-down', { pitch: 25 }, 'down'],
    ['head-upright', { roll: 15 }, 'left'],
    ['head-upright', { roll: -15 }, 'right'],
    ['more-light', { brightness: 30 }],
    ['less-light', { brightness: 220 }],
    ['even-light', { lightBalance: 80 }],
    ['even-light', { lightBalance: -80 }],
    ['open-eyes', { eyesOpen: 0.1 }],
    ['keep-steady', { sharpness: 0.05 }],
    ['move-closer', { eyeDistance: 50 }],
  ];
  test.each(selfies)('selfie: %s, %j', (hint, drawn, direction) => {
    const session = new Session().see(9, drawn);
    expect(session.hints).toEqual(['starting', hint]);
    expect(session.state.fault?.hint).toBe(hint);
    expect(session.state.fault?.params.direction).toBe(direction);
    expect(session.see(40, drawn).state.heldSince).toBeNull();
  });

  const documents: [name: string, drawn: Drawn | null][] = [
    ['not-in-view', null],
    ['not-in-view', { visible: 0.8 }],
    ['move-closer', { eyeDistance: 35 }],
    ['more-light', { brightness: 30 }],
    ['tilt-page', { glare: 0.05 }],
    ['keep-steady', { sharpness: 0.05 }],
  ];
  test.each(documents)('document: %s, %j', (hint, drawn) => {
    const session = new Session('document').see(9, drawn);
    expect(session.hints).toEqual(['starting', hint]);
    expect(session.see(40, drawn).state.heldSince).toBeNull();
  });

  test('a ghost portrait, a page at the edge and a small portrait are no fault of a document', () => {
    const page = { width: 0.15, x: 0.25, other: 0.06, eyeDistance: 50 };
    expect(new Session('document').see(20, page).state.isDone).toBe(true);
  });

  test('the first that applies is told', () => {
    const drawn = { width: 0.25, yaw: 20, brightness: 30, sharpness: 0.01 };
    expect(new Session().see(9, drawn).hints).toEqual(['starting', 'move-closer']);
  });

  test('has a code that translations are told of', () => {
    for (const rules of Object.values(GUIDE_RULES))
      for (const { hint } of rules) expect(GUIDE_HINTS).toContain(hint);
  });

  test('tells its number and where it leaves', () => {
    const { fault } = new Session().see(1, { brightness: 30 }).state;
    expect(fault).toEqual({ hint: 'more-light', params: { value: 30, limit: 56 } });
  });
});

describe('hysteresis', () => {
  test.each([
    ['move-closer', (width: number) => ({ width }), 0.29, 0.32, 0.34],
    ['more-light', (brightness: number) => ({ brightness }), 45, 54, 60],
    ['look-straight', (yaw: number) => ({ yaw }), 16, 13, 11],
  ])('%s applies until its number is well back', (hint, drawn, beyond, between, back) => {
    expect(new Session().see(1, drawn(between)).state.fault).toBeNull();
    const session = new Session().see(1, drawn(beyond)).see(1, drawn(between));
    expect(session.state.fault?.hint).toBe(hint);
    expect(session.see(1, drawn(back)).state.fault).toBeNull();
    expect(session.see(1, drawn(between)).state.fault).toBeNull();
  });
});

describe('hints', () => {
  test('change after three frames of one kind, and not before the last could be read', () => {
    const session = new Session().see(2, { width: 0.2 });
    expect(session.hint).toBe('starting');
    session.see(1, { width: 0.2 });
    expect(session.hint).toBe('move-closer');
    session.see(6, { width: 0.7 });
    expect(session.hint).toBe('move-closer');
    session.see(1, { width: 0.7 });
    expect(session.hint).toBe('move-back');
  });

  test('do not flicker with a number that does', () => {
    const session = new Session();
    for (let i = 0; i < 20; i++) session.see(1, { yaw: 20 }).see(1, { brightness: 20 });
    expect(session.hints).toEqual(['starting']);
  });

  test('a face missed for less than half a second is not told of', () => {
    const session = new Session().see(5, { width: 0.2 }).see(4, null);
    expect(session.hint).toBe('move-closer');
    expect(session.see(5, null).hint).toBe('not-in-view');
  });

  test('what stays blurred for five seconds is the lens', () => {
    const session = new Session().see(50, { sharpness: 0.05 });
    expect(session.hint).toBe('keep-steady');
    expect(session.see(5, { sharpness: 0.05 }).hint).toBe('wipe-lens');
  });
});

describe('holding still', () => {
  test('begins when all was well for five frames and 600 ms, and ends a second later with the sharpest', () => {
    const session = new Session().see(6, {});
    expect(session.state.heldSince).toBeNull();
    session.see(1, {});
    expect(session.state).toMatchObject({ heldSince: 700, isBest: true, isDone: false });
    expect(session.hint).toBe('hold-still');
    session.see(1, { sharpness: 0.3 });
    expect(session.state.isBest).toBe(false);
    session.see(1, { sharpness: 0.6 });
    expect(session.state.isBest).toBe(true);
    session.see(3, { sharpness: 0.5 });
    expect(session.state.isBest).toBe(false);
    expect(progressOf(session.state, session.now)).toBeCloseTo(0.5, 9);
    session.see(5, {});
    expect(session.state).toMatchObject({ isDone: true, bestSharpness: 0.6 });
  });

  test('a slow camera needs its five frames, too', () => {
    const session = new Session();
    for (let i = 0; i < 4; i++) {
      session.now += 400;
      session.see(1, {});
    }
    expect(session.state.heldSince).toBeNull();
    expect(session.see(1, {}).state.heldSince).toBe(session.now);
  });

  test('a blink is left out, not held against it; a third bad frame gives up', () => {
    const session = new Session().see(7, {}).see(2, { eyesOpen: 0.1, sharpness: 0.9 });
    expect(session.state).toMatchObject({ heldSince: 700, bestSharpness: 0.4, isBest: false });
    session.see(1, {}).see(2, null);
    expect(session.state.heldSince).toBe(700);
    session.see(1, null);
    expect(session.state).toMatchObject({ heldSince: null, bestSharpness: -Infinity });
    expect(progressOf(session.state, session.now)).toBe(0);
  });

  test('faces that differ start again, and are told of', () => {
    const session = new Session().see(17, {});
    expect(session.state.isDone).toBe(true);
    session.state = startAgain(session.state, session.now);
    expect(session.hint).toBe('faces-differ');
    session.see(6, {});
    expect(session.state).toMatchObject({ heldSince: null, isDone: false });
    expect(session.hint).toBe('faces-differ');
    expect(session.see(11, {}).state.isDone).toBe(true);
  });

  test('never begins where the photo is not to be taken by itself', () => {
    const session = new Session('document', false).see(30, {});
    expect(session.state.heldSince).toBeNull();
    expect(session.hint).toBe('press-when-ready');
  });
});

describe('the shutter', () => {
  test('works from second 2, and names what stands against it', () => {
    const session = new Session().see(19, { brightness: 20 });
    expect(canCapture(session.state, session.now)).toBe(false);
    expect(objectionTo(session.state, session.now)?.hint).toBe('starting');
    session.see(1, { brightness: 20 });
    expect(objectionTo(session.state, session.now)?.hint).toBe('more-light');
    session.see(1, {});
    expect(objectionTo(session.state, session.now)).toBeNull();
  });

  test('is told of after ten seconds; not to an empty room, nor to two people', () => {
    const session = new Session().see(98, { brightness: 20 });
    expect(session.hint).toBe('more-light');
    expect(session.see(5, { brightness: 20 }).hint).toBe('press-when-ready');
    expect(session.state.fault?.hint).toBe('more-light');
    expect(session.see(12, null).hint).toBe('not-in-view');
    expect(session.see(9, { other: 0.3 }).hint).toBe('one-person');
  });

  test('well after that, a good face is still taken by itself', () => {
    expect(new Session().see(120, { brightness: 20 }).see(20, {}).state.isDone).toBe(true);
  });
});

describe('rules of your own', () => {
  const good = GUIDE_RULES.selfie[0]!;
  test.each([
    [null, 'must be a list'],
    [[null], 'rules[0].hint must be a code'],
    [[good, { ...good, hint: '' }], 'rules[1].hint must be a code'],
    [[{ ...good, measure: 'beauty' }], "rules[0].measure must be 'faces' or"],
    [[{ ...good, applies: 'beyond' }], "rules[0].applies must be 'below' or 'above'"],
    [[{ ...good, at: NaN }], 'rules[0].at must be a number'],
    [[{ ...good, leavesAt: '1' }], 'rules[0].leavesAt must be a number'],
    [[{ ...good, at: 2, leavesAt: 1 }], 'rules[0] leaves at 1, which is beyond 2'],
    [[{ ...good, after: -1 }], 'rules[0].after must be a number'],
    [[{ ...good, direction: 'north' }], "rules[0].direction must be 'left'"],
  ])('%j are refused', (rules, message) => {
    expect(() => requireRules(rules)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  test('those of the package are taken', () => {
    for (const rules of Object.values(GUIDE_RULES)) expect(requireRules(rules)).toBe(rules);
  });
});
