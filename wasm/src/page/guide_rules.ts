import { invalid, requireChoice, requireNumber } from '../shared/arguments.js';
import type { GuideDirection, GuideKind, GuideMeasure, GuideRule } from '../shared/guide_types.js';
import type { TrackedFace, TrackedView } from '../shared/types.js';

/** All codes that a step of guide() may have by GUIDE_RULES, for translations to be held against. */
export const GUIDE_HINTS = [
  'starting',
  'not-in-view',
  'one-person',
  'move-closer',
  'move-back',
  'move-to-middle',
  'look-straight',
  'chin-up',
  'chin-down',
  'head-upright',
  'more-light',
  'less-light',
  'even-light',
  'open-eyes',
  'tilt-page',
  'keep-steady',
  'wipe-lens',
  'hold-still',
  'press-when-ready',
  'faces-differ',
  'taken',
] as const;

/**
 * The rules by which guide() judges a frame, unless others are given.
 *
 * The bounds were held against frames of 1280x720 drawn from FRLL's 204 portraits: `tests/bench/guide_rules.mjs` prints
 * which share of well-placed frames each rule faults, and which share of frames that were made worse it finds.
 */
export const GUIDE_RULES: Readonly<Record<GuideKind, readonly GuideRule[]>> = {
  selfie: [
    // A face missed in a frame or two is no face that left.
    { hint: 'not-in-view', measure: 'faces', applies: 'below', at: 1, leavesAt: 1, after: 500 },
    { hint: 'one-person', measure: 'otherWidth', applies: 'above', at: 0.5, leavesAt: 0.45 },
    { hint: 'move-closer', measure: 'faceWidth', applies: 'below', at: 0.3, leavesAt: 0.33 },
    { hint: 'move-back', measure: 'faceWidth', applies: 'above', at: 0.6, leavesAt: 0.56 },
    ...either('move-to-middle', 'centreX', [0.4, 0.6], [0.42, 0.58], ['right', 'left']),
    // The oval's middle lies a little above the frame's.
    ...either('move-to-middle', 'centreY', [0.34, 0.58], [0.36, 0.56], ['down', 'up']),
    ...either('look-straight', 'yaw', [-15, 15], [-12, 12], ['right', 'left']),
    // Rough, and people differ: 99% of FRLL's frontal faces lie within.
    {
      hint: 'chin-up',
      measure: 'pitch',
      applies: 'below',
      at: -18,
      leavesAt: -15,
      direction: 'up',
    },
    {
      hint: 'chin-down',
      measure: 'pitch',
      applies: 'above',
      at: 22,
      leavesAt: 19,
      direction: 'down',
    },
    ...either('head-upright', 'roll', [-12, 12], [-9, 9], ['right', 'left']),
    // Low enough for dark skin in good light (58 and more in FRLL); a photo's own issue is below 40.
    { hint: 'more-light', measure: 'brightness', applies: 'below', at: 50, leavesAt: 56 },
    { hint: 'less-light', measure: 'brightness', applies: 'above', at: 200, leavesAt: 190 },
    ...either('even-light', 'lightBalance', [-60, 60], [-50, 50]),
    { hint: 'open-eyes', measure: 'eyesOpen', applies: 'below', at: 0.18, leavesAt: 0.21 },
    ...blurred(0.08, 0.1),
    { hint: 'move-closer', measure: 'eyeDistance', applies: 'below', at: 60, leavesAt: 66 },
  ],
  document: [
    { hint: 'not-in-view', measure: 'faces', applies: 'below', at: 1, leavesAt: 1, after: 500 },
    { hint: 'not-in-view', measure: 'visible', applies: 'below', at: 0.9, leavesAt: 0.95 },
    { hint: 'move-closer', measure: 'eyeDistance', applies: 'below', at: 40, leavesAt: 44 },
    { hint: 'more-light', measure: 'brightness', applies: 'below', at: 45, leavesAt: 55 },
    { hint: 'tilt-page', measure: 'glare', applies: 'above', at: 0.03, leavesAt: 0.02 },
    ...blurred(0.1, 0.12),
  ],
};

/** Two rules of one hint: below the first number and above the second; directions likewise. */
function either(
  hint: string,
  measure: GuideMeasure,
  at: readonly [number, number],
  leavesAt: readonly [number, number],
  directions?: readonly [GuideDirection, GuideDirection],
): GuideRule[] {
  return (['below', 'above'] as const).map((applies, side) => {
    const direction = directions?.[side];
    const bounds = { at: at[side] as number, leavesAt: leavesAt[side] as number };
    return { hint, measure, applies, ...bounds, ...(direction && { direction }) };
  });
}

/** After five seconds it is hardly the hand that shakes. */
function blurred(at: number, leavesAt: number): GuideRule[] {
  const rule = { measure: 'sharpness', applies: 'below', at, leavesAt } as const;
  return [
    { ...rule, hint: 'wipe-lens', after: 5000 },
    { ...rule, hint: 'keep-steady' },
  ];
}

/** What a rule's measure says of a frame; NaN, which is beyond no bound, where there is no face to measure. */
export function measured(measure: GuideMeasure, view: MeasuredView): number {
  if (measure === 'faces') return view.face === null ? 0 : 1;
  return view.face === null ? NaN : measuredOf(view.face, measure, view);
}

/** What the rules need of a TrackedView. */
export type MeasuredView = Omit<TrackedView, 'milliseconds'>;

function measuredOf(
  { box, quality }: TrackedFace,
  measure: Exclude<GuideMeasure, 'faces'>,
  { width, height, others }: MeasuredView,
): number {
  switch (measure) {
    case 'faceWidth':
      return box.width / Math.min(width, height);
    case 'otherWidth':
      return Math.max(0, ...others.map((other) => other.box.width)) / box.width;
    case 'centreX':
      return (box.left + box.width / 2) / width;
    case 'centreY':
      return (box.top + box.height / 2) / height;
    default:
      return quality[measure];
  }
}

const NUMBER = { least: -1e6, most: 1e6 };
const MILLISECONDS = { least: 0, most: 1e6 };
const DIRECTIONS: readonly GuideDirection[] = ['left', 'right', 'up', 'down'];
const MEASURES: Readonly<Record<GuideMeasure, true>> = {
  faces: true,
  faceWidth: true,
  otherWidth: true,
  centreX: true,
  centreY: true,
  eyeDistance: true,
  sharpness: true,
  brightness: true,
  contrast: true,
  yaw: true,
  visible: true,
  pitch: true,
  roll: true,
  eyesOpen: true,
  mouthOpen: true,
  interEyeDistance: true,
  headSize: true,
  marginLeft: true,
  marginRight: true,
  marginAbove: true,
  marginBelow: true,
  luminanceMean: true,
  luminanceVariance: true,
  dynamicRange: true,
  overExposed: true,
  underExposed: true,
  glare: true,
  illuminationUniformity: true,
  lightBalance: true,
  naturalColour: true,
};

/** Throws 'invalid-argument', naming the rule by its place in the list. */
export function requireRules(rules: unknown): readonly GuideRule[] {
  if (!Array.isArray(rules)) throw invalid('rules must be a list of rules, as GUIDE_RULES.selfie.');
  rules.forEach((rule: Partial<GuideRule> | null, place) => {
    const name = `rules[${place}]`;
    const { hint, measure, applies, at, leavesAt, after, direction } = rule ?? {};
    if (typeof hint !== 'string' || hint === '') throw invalid(`${name}.hint must be a code.`);
    requireChoice(`${name}.measure`, measure, Object.keys(MEASURES));
    requireChoice(`${name}.applies`, applies, ['below', 'above']);
    const low = requireNumber(`${name}.at`, at, NUMBER);
    const high = requireNumber(`${name}.leavesAt`, leavesAt, NUMBER);
    if (applies === 'below' ? high < low : high > low)
      throw invalid(`${name} leaves at ${high}, which is beyond ${low}, where it applies.`);
    if (after !== undefined) requireNumber(`${name}.after`, after, MILLISECONDS);
    if (direction !== undefined) requireChoice(`${name}.direction`, direction, DIRECTIONS);
  });
  return rules as GuideRule[];
}
