import type { EnrolledFace } from '../../wasm/dist/index.js';
import {
  type DecidedPair,
  type PhotoFacts,
  recordOf,
} from '../../web/src/compare/report_record.js';
import type { Report } from '../../web/src/report/report.js';
import { calibration, face } from './doubles.js';

/** One pixel. */
export const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

const FACTS: PhotoFacts = { sha256: 'ab'.repeat(32), picture: PICTURE, alignedFace: PICTURE };

export interface SampleOptions {
  readonly name?: string;
  readonly issues?: EnrolledFace['quality']['issues'];
  readonly pair?: Partial<DecidedPair>;
  readonly facts?: PhotoFacts;
  readonly browser?: string;
}

/** The report of a made-up match: distance 0.6123 of a passport photo called `name` and a selfie. */
export function sampleReport(options: SampleOptions = {}): Report {
  const {
    name = 'passport.jpg',
    issues = [],
    pair,
    facts = FACTS,
    browser = 'a browser',
  } = options;
  const decision = {
    outcome: 'match',
    reasons: [],
    bounds: calibration.bounds.balanced,
    verdict: { ...calibration.atThreshold, distance: 0.6123, threshold: 1.1, isMatch: true },
  } as const;
  return recordOf(
    {
      passport: entry(name, issues),
      selfie: entry('selfie.jpg', issues),
      decision,
      policy: 'balanced',
      calibration,
      model: { name: 'double-00000000', sha256: 'cd'.repeat(32) },
      byEye: {},
      ...pair,
    },
    { passport: facts, selfie: facts },
    {
      comparedAt: new Date('2026-11-28T21:43:57Z'),
      timeZone: 'Asia/Kathmandu',
      browser,
      version: '1.2.3',
      limits: 'It does not show that the passport is real.',
      language: 'en',
    },
  );
}

function entry(name: string, issues: EnrolledFace['quality']['issues']): DecidedPair['passport'] {
  const quality = {
    eyeDistance: 83.4,
    sharpness: 0.2514,
    brightness: 73.2,
    contrast: 33.3,
    yaw: -34.2,
    visible: 1,
    issues,
  };
  const enrolled = { face: face(10), width: 400, height: 500, quality } as unknown as EnrolledFace;
  return {
    id: 1,
    file: new File(['the bytes of a photo'], name),
    capture: 'camera',
    url: 'blob:none',
    phase: 'ready',
    sighting: { width: 400, height: 500, faces: [face(10), face(60)] },
    chosen: 0,
    enrolled,
    problem: null,
  };
}
