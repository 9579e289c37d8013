import type { GuideFault, GuideRule } from '../shared/guide_types.js';
import { measured, type MeasuredView } from './guide_rules.js';

/** Of one kind in a row before the hint changes, or holding still is given up: one bad frame is noise. */
const STEADY_FRAMES = 3;
/** Milliseconds that a hint is shown: people must be able to read it. */
const SHOWN = 700;
/** All must be well for so many frames, and so many milliseconds, before holding still begins .. */
const GOOD_FRAMES = 5;
const GOOD_TIME = 600;
/** .. which takes so many. */
const HOLD_TIME = 1000;
/** Milliseconds from the start until the user is told of the shutter, and from when it works. */
const PRESS_AFTER = 10_000;
const SHUTTER_AFTER = 2000;

/** Not replaced by 'press-when-ready': there would be nobody, or somebody else, on the photo. */
const NEVER_PRESSED: readonly string[] = ['not-in-view', 'one-person'];

/** How a capture stands after a frame. Times are milliseconds of one clock. */
export interface Guidance {
  readonly startedAt: number;
  /** Of each rule, since when its measure has been beyond the bound; null where it is not. */
  readonly since: readonly (number | null)[];
  /** The first rule that applies. */
  readonly fault: GuideFault | null;
  /** What the last frames would have the user told, and how many in a row. */
  readonly wanted: GuideFault;
  readonly frames: number;
  /** What the user is told. */
  readonly shown: GuideFault;
  readonly shownAt: number;
  /** Frames in a row in which all is well, the first of them, and those in which it is not. */
  readonly goodFrames: number;
  readonly goodSince: number;
  readonly badFrames: number;
  /** When holding still began; null while it has not. */
  readonly heldSince: number | null;
  /** Of the frames held still, the sharpness of the sharpest. */
  readonly bestSharpness: number;
  /** Whether this frame is that one. */
  readonly isBest: boolean;
  /** Whether the sharpest frame is to be taken now. */
  readonly isDone: boolean;
}

export interface GuidanceSettings {
  readonly rules: readonly GuideRule[];
  readonly isAutomatic: boolean;
}

const told = (hint: string): GuideFault => ({ hint, params: {} });

export function startGuidance({ rules }: GuidanceSettings, now: number): Guidance {
  return {
    startedAt: now,
    since: rules.map(() => null),
    fault: null,
    wanted: told('starting'),
    frames: 0,
    shown: told('starting'),
    shownAt: -Infinity,
    ...NOT_GOOD,
    badFrames: 0,
    ...NOT_HELD,
  };
}

const NOT_GOOD = { goodFrames: 0, goodSince: 0 };
const NOT_HELD = { heldSince: null, bestSharpness: -Infinity, isBest: false, isDone: false };

/** The state after one more frame: a function of its arguments alone. */
export function advance(
  last: Guidance,
  settings: GuidanceSettings,
  view: MeasuredView,
  now: number,
): Guidance {
  const { rules } = settings;
  const since = rules.map((rule, i) => sinceWhen(rule, last.since[i] ?? null, view, now));
  const fault = faultOf(rules, since, view, now);
  // A face missed for less than its rule's time speaks neither for nor against the frame.
  const isGood = fault === null && view.face !== null;
  const state = held(counted({ ...last, since, fault }, isGood, now), settings, isGood, view, now);
  return show(state, wantedOf(state, settings, isGood, now), now);
}

/** After the frames taken proved to show several faces: from the beginning, saying so. */
export function startAgain(last: Guidance, now: number): Guidance {
  const hint = told('faces-differ');
  return { ...last, ...NOT_GOOD, ...NOT_HELD, wanted: hint, frames: 0, shown: hint, shownAt: now };
}

/** 0..1 */
export function progressOf({ heldSince }: Guidance, now: number): number {
  return heldSince === null ? 0 : Math.min(1, (now - heldSince) / HOLD_TIME);
}

export function canCapture({ startedAt }: Guidance, now: number): boolean {
  return now - startedAt >= SHUTTER_AFTER;
}

/** What stands against the user's own shutter. */
export function objectionTo(state: Guidance, now: number): GuideFault | null {
  return canCapture(state, now) ? state.fault : told('starting');
}

function sinceWhen(
  rule: GuideRule,
  since: number | null,
  view: MeasuredView,
  now: number,
): number | null {
  const value = measured(rule.measure, view);
  const bound = since === null ? rule.at : rule.leavesAt;
  const isBeyond = rule.applies === 'below' ? value < bound : value > bound;
  return isBeyond ? (since ?? now) : null;
}

function faultOf(
  rules: readonly GuideRule[],
  since: readonly (number | null)[],
  view: MeasuredView,
  now: number,
): GuideFault | null {
  const rule = rules.find(({ after = 0 }, i) => {
    const start = since[i] ?? null;
    return start !== null && now - start >= after;
  });
  if (rule === undefined) return null;
  const { hint, direction, leavesAt: limit, measure } = rule;
  return {
    hint,
    params: { value: measured(measure, view), limit, ...(direction && { direction }) },
  };
}

function counted(state: Guidance, isGood: boolean, now: number): Guidance {
  if (!isGood) return { ...state, ...NOT_GOOD, badFrames: state.badFrames + 1 };
  const goodSince = state.goodFrames === 0 ? now : state.goodSince;
  return { ...state, goodFrames: state.goodFrames + 1, goodSince, badFrames: 0 };
}

/** Begins, continues, gives up or ends holding still. */
function held(
  state: Guidance,
  { isAutomatic }: GuidanceSettings,
  isGood: boolean,
  view: MeasuredView,
  now: number,
): Guidance {
  const isReady = state.goodFrames >= GOOD_FRAMES && now - state.goodSince >= GOOD_TIME;
  if (!isAutomatic || (state.heldSince === null && !isReady)) return state;
  if (state.badFrames >= STEADY_FRAMES) return { ...state, ...NOT_HELD };
  const heldSince = state.heldSince ?? now;
  const sharpness = isGood ? (view.face?.quality.sharpness ?? -Infinity) : -Infinity;
  const isBest = sharpness > state.bestSharpness;
  const isDone = now - heldSince >= HOLD_TIME;
  const bestSharpness = Math.max(sharpness, state.bestSharpness);
  return { ...state, heldSince, bestSharpness, isBest, isDone };
}

function wantedOf(
  state: Guidance,
  { isAutomatic }: GuidanceSettings,
  isGood: boolean,
  now: number,
): GuideFault {
  if (state.heldSince !== null) return told('hold-still');
  if (isGood) return told(isAutomatic ? 'hold-still' : 'press-when-ready');
  if (state.fault === null) return state.wanted;
  const isLate = now - state.startedAt >= PRESS_AFTER;
  return isLate && !NEVER_PRESSED.includes(state.fault.hint)
    ? told('press-when-ready')
    : state.fault;
}

/** Shows what is wanted, once it has been wanted for some frames and the last hint could be read. */
function show(state: Guidance, wanted: GuideFault, now: number): Guidance {
  const frames = isSameHint(wanted, state.wanted) ? state.frames + 1 : 1;
  const next = { ...state, wanted, frames };
  if (isSameHint(wanted, state.shown)) return { ...next, shown: wanted };
  const isSteady = frames >= STEADY_FRAMES && now - state.shownAt >= SHOWN;
  // The ring fills from the first frame that is held still, so it says so from there on.
  const isHeld = state.heldSince !== null;
  return isSteady || isHeld ? { ...next, shown: wanted, shownAt: now } : next;
}

function isSameHint(a: GuideFault, b: GuideFault): boolean {
  return a.hint === b.hint && a.params.direction === b.params.direction;
}
