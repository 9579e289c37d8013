import type { Calibration, EnrolledFace, Face, Verdict } from 'visavis';
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
  /** Object URL of the file. */
  readonly url: string;
  readonly phase: 'working' | 'ready' | 'failed';
  readonly sighting: Sighting | null;
  /** Place in sighting.faces. */
  readonly chosen: number;
  readonly enrolled: EnrolledFace | null;
  readonly problem: Problem | null;
}

/** An FMR that the user may ask for; 'shipped' is the threshold that comes with the model. */
export type Strictness = 'shipped' | number;

export interface OperatingPoint {
  readonly strictness: Strictness;
  /** "standard" */
  readonly name: string;
  readonly fmr: number;
  /** Measured at the threshold; null where there is none. */
  readonly fnmr: number | null;
  /** Null where the calibration holds too few pairs to say. */
  readonly threshold: number | null;
  readonly isShipped: boolean;
}

export type Engine = EngineState<{
  readonly calibration: Calibration;
  readonly operatingPoints: readonly OperatingPoint[];
}>;

export interface State {
  readonly engine: Engine;
  readonly passport: Entry | null;
  readonly selfie: Entry | null;
  /** A problem with what was offered to a slot that never became a photo, such as a folder. */
  readonly refused: Readonly<Record<SlotName, Problem | null>>;
  readonly strictness: Strictness;
  /** Always of the two photos shown and the strictness chosen; null while there is none. */
  readonly verdict: Verdict | null;
}

export const INITIAL: State = {
  engine: LOADING,
  passport: null,
  selfie: null,
  refused: { passport: null, selfie: null },
  strictness: 'shipped',
  verdict: null,
};

export type Store = StoreOf<State>;

export function createStore(initial: State = INITIAL): Store {
  return storeOf(initial);
}
