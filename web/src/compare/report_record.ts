import type { Calibration, Decision, DecisionPolicy, EnrolledFace } from 'visavis';
import { localTime } from '../shared/local_time';
import {
  EYE_FEATURES,
  type EyeFinding,
  type Making,
  type PhotoRecord,
  type Report,
  REPORT_SCHEMA,
} from '../report/report';
import { decisionWords } from './decision_words';
import { POLICY_NAMES } from './policy_view';
import type { Entry, EyeFindings, State } from './state';

export type ReadyEntry = Entry & { readonly enrolled: EnrolledFace };

/** A pair that was decided on. */
export interface DecidedPair {
  readonly passport: ReadyEntry;
  readonly selfie: ReadyEntry;
  readonly decision: Decision;
  readonly policy: DecisionPolicy;
  readonly calibration: Calibration;
  readonly model: Making['model'];
  readonly byEye: EyeFindings;
}

/** null while there is no decision. */
export function decidedPair({ engine, passport, selfie, decision, ...rest }: State) {
  if (engine.phase !== 'ready' || !decision || !isReady(passport) || !isReady(selfie)) return null;
  const { calibration, model } = engine;
  const pair: DecidedPair = { ...rest, passport, selfie, decision, calibration, model };
  return pair;
}

function isReady(entry: Entry | null): entry is ReadyEntry {
  return entry !== null && entry.enrolled !== null;
}

/** What takes time to learn of a photo. */
export type PhotoFacts = Pick<PhotoRecord, 'sha256' | 'picture' | 'alignedFace'>;

/** Where and when the pair was decided on. */
export interface Circumstances {
  readonly comparedAt: Date;
  readonly timeZone: string;
  readonly browser: string;
  /** Version of visavis. */
  readonly version: string;
  /** The page's sentence on what the comparison does not show. */
  readonly limits: string;
  readonly language: string;
}

/** The record of a decision. */
export function recordOf(
  pair: DecidedPair,
  facts: { readonly passport: PhotoFacts; readonly selfie: PhotoFacts },
  circumstances: Circumstances,
): Report {
  const { comparedAt, timeZone, browser, version, limits, language } = circumstances;
  const { model, policy, decision, byEye } = pair;
  return {
    schema: REPORT_SCHEMA,
    language,
    made: { visavis: version, model, time: localTime(comparedAt), timeZone, browser },
    words: { ...decisionWords(decision), policy: POLICY_NAMES[policy], limits },
    decision: decisionRecord(pair),
    photos: {
      passport: { ...photoRecord(pair.passport), ...facts.passport },
      selfie: { ...photoRecord(pair.selfie), ...facts.selfie },
    },
    byEye: EYE_FEATURES.flatMap((feature): EyeFinding[] => {
      const finding = byEye[feature];
      return finding ? [{ feature, finding }] : [];
    }),
  };
}

function decisionRecord({ decision, policy, calibration }: DecidedPair): Report['decision'] {
  const { outcome, reasons, bounds, verdict } = decision;
  const { distance, fmr, alikeFmr, fnmr, odds, alike } = verdict;
  const measuredOn = calibration.source;
  return {
    outcome,
    reasons,
    policy,
    bounds,
    distance,
    fmr,
    alikeFmr,
    fnmr,
    odds,
    alike,
    measuredOn,
  };
}

function photoRecord({ file, capture, sighting, enrolled }: ReadyEntry) {
  const { face, width, height, quality } = enrolled;
  return {
    name: file.name,
    bytes: file.size,
    width,
    height,
    capture,
    faces: sighting?.faces.length ?? 1,
    face: face.box,
    confidence: face.confidence,
    quality,
  };
}
