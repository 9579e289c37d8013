import type {
  Calibration,
  Decision,
  DecisionBounds,
  DecisionPolicy,
  EnrolledFace,
  Face,
  Rates,
  WasmVariant,
} from 'visavis';
import type { EyeFeature, EyeFinding } from '../report/report';
import type { CaptureWay } from '../shared/capture_way';
import { type EngineState, LOADING } from '../shared/loading';
import type { Problem } from '../shared/messages';
import { type StoreOf, storeOf } from '../shared/store';

export const SLOTS = ['passport', 'selfie'] as const;
export type SlotName = (typeof SLOTS)[number];
export const SLOT_NAMES: Record<SlotName, string> = {
  passport: 'Passport photo',
  selfie: 'Selfie',
};

/** The other of the two. */
export function opposite(slot: SlotName): SlotName {
  return slot === 'passport' ? 'selfie' : 'passport';
}

/** What is known of where the faces are, before or without one being compared. */
export interface Sighting {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/** A photo in a slot. It keeps its id when the slots are swapped, so that late answers find it. */
export interface Entry {
  readonly id: number;
  readonly file: File;
  readonly capture: CaptureWay;
  /** Object URL of the file. */
  readonly url: string;
  readonly phase: 'working' | 'ready' | 'failed';
  readonly sighting: Sighting | null;
  /** Place in sighting.faces. */
  readonly chosen: number;
  readonly enrolled: EnrolledFace | null;
  readonly problem: Problem | null;
}

export function hasSeveralFaces({ sighting }: Entry): boolean {
  return (sighting?.faces.length ?? 0) > 1;
}

/** What a policy means for the user's pairs. */
export interface PolicyCost {
  readonly policy: DecisionPolicy;
  readonly bounds: DecisionBounds;
  /** At the bound of a match between good photos. */
  readonly rates: Rates;
}

export type Engine = EngineState<{
  readonly calibration: Calibration;
  readonly variant: WasmVariant;
  readonly model: { readonly name: string; readonly sha256: string | null };
  /** The most careful first. */
  readonly policies: readonly PolicyCost[];
}>;

export interface State {
  readonly engine: Engine;
  readonly passport: Entry | null;
  readonly selfie: Entry | null;
  /** A problem with what was offered to a slot that never became a photo, such as a folder. */
  readonly refused: Readonly<Record<SlotName, Problem | null>>;
  readonly policy: DecisionPolicy;
  /** Always of the two photos shown and the policy chosen; null while there is none. */
  readonly decision: Decision | null;
  /** What a person found by eye on the two faces shown. */
  readonly byEye: EyeFindings;
}

export type EyeFindings = Readonly<Partial<Record<EyeFeature, EyeFinding['finding']>>>;

export const INITIAL: State = {
  engine: LOADING,
  passport: null,
  selfie: null,
  refused: { passport: null, selfie: null },
  policy: 'balanced',
  decision: null,
  byEye: {},
};

export type Store = StoreOf<State>;

export function createStore(initial: State = INITIAL): Store {
  return storeOf(initial);
}
