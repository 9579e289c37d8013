import type { Box, DecisionBounds, DecisionPolicy, Outcome, Quality, Rate } from 'visavis';
import type { CaptureWay } from '../shared/capture_way';

/** The name of this form of record: a change that breaks its readers gets another number. */
export const REPORT_SCHEMA = 'visavis/report/1';

/**
 * The record of one comparison: plain data, as it is saved as JSON (web/README.md describes the members). The page and
 * the HTML file show nothing that does not stand here.
 */
export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  /** BCP 47, of `words` and of the sentences in `photos`. */
  readonly language: string;
  readonly made: Making;
  readonly words: ReportWords;
  readonly decision: DecisionRecord;
  readonly photos: { readonly passport: PhotoRecord; readonly selfie: PhotoRecord };
  /** What a person found in "Compare by eye", in the list's order; empty where nobody looked. */
  readonly byEye: readonly EyeFinding[];
}

/** What made the record, where and when. */
export interface Making {
  /** Version of visavis. */
  readonly visavis: string;
  readonly model: {
    readonly name: string;
    /** Of the model's file, in hexadecimal; null where the browser does not hash. */
    readonly sha256: string | null;
  };
  /** When the two photos were compared: ISO 8601, local time with its distance from UTC. */
  readonly time: string;
  /** IANA name of the time zone. */
  readonly timeZone: string;
  /** The browser's own description of itself. */
  readonly browser: string;
}

/** The sentences of the page, so that the record reads as the page did. */
export interface ReportWords {
  readonly headline: string;
  readonly lead: string;
  /** '' where nothing is poor about the photos. */
  readonly cause: string;
  /** '' where the likeness is worth nothing. */
  readonly evidence: string;
  readonly policy: string;
  /** What the comparison does not show. */
  readonly limits: string;
}

export interface DecisionRecord {
  readonly outcome: Outcome;
  /** Codes of the package's Decision. */
  readonly reasons: readonly string[];
  readonly policy: DecisionPolicy;
  readonly bounds: DecisionBounds;
  /** 0..2, lower is more alike. */
  readonly distance: number;
  /** False match rate at this distance: of pairs of different people, of all and of alike ones. */
  readonly fmr: Rate;
  readonly alikeFmr: Rate | null;
  /** False non-match rate at this distance. */
  readonly fnmr: Rate;
  /** The two false match rates in words. */
  readonly odds: string;
  readonly alike: { readonly groupedBy: string; readonly odds: string } | null;
  /** Data and protocol that the rates were measured with. */
  readonly measuredOn: string;
}

export interface PhotoRecord {
  /** As the file calls itself: not to be trusted, nor to be shown without escaping. */
  readonly name: string;
  /** Of the file's bytes, in hexadecimal; null where the browser does not hash. */
  readonly sha256: string | null;
  readonly bytes: number;
  /** Of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly capture: CaptureWay;
  /** How many faces were found in it. */
  readonly faces: number;
  /** The one that was compared, in pixels of the upright photo. */
  readonly face: Box;
  /** Of the detector that it is a face, 0..1. */
  readonly confidence: number;
  readonly quality: Quality;
  /** The upright photo made smaller, and the aligned face as the network saw it: data: URIs; null in a record without photos. */
  readonly picture: string | null;
  readonly alignedFace: string | null;
}

export interface EyeFinding {
  readonly feature: EyeFeature;
  readonly finding: 'alike' | 'differs' | 'unclear';
}

export const EYE_FEATURES = ['ears', 'brows', 'nose', 'scars', 'moles'] as const;
export type EyeFeature = (typeof EYE_FEATURES)[number];

/** The same record for people who must not pass the photos on. */
export function withoutPhotos(report: Report): Report {
  const bare = (photo: PhotoRecord) => ({ ...photo, picture: null, alignedFace: null });
  const { passport, selfie } = report.photos;
  return { ...report, photos: { passport: bare(passport), selfie: bare(selfie) } };
}

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** "visavis-report-2026-11-28-224357": names sort by time, and hold nothing that a file system refuses. */
export function reportFileName({ made }: Report): string {
  const [date = '', clock = ''] = made.time.split('T');
  return `visavis-report-${date}-${clock.slice(0, 8).replaceAll(':', '')}`;
}
