import { VisavisError, type VisavisErrorCode } from 'visavis';

/** All words that depend on what happened. Words that are always there stand in index.html. */

export interface Problem {
  /** A few words. */
  readonly title: string;
  /** One sentence: what to do. */
  readonly advice: string;
  /** Whether the photo itself is fine to look at. */
  readonly showsPhoto: boolean;
}

function problem(title: string, advice: string, showsPhoto = false): Problem {
  return { title, advice, showsPhoto };
}

export const FOLDER_DROPPED = problem(
  'That is a folder',
  'Drop one photo file, not the folder that holds it.',
);
export const NOTHING_DROPPED = problem(
  'No photo in what was dropped',
  'Drop a photo file: JPEG, PNG, WebP or AVIF.',
);
export const MORE_THAN_TWO = problem(
  'More than two photos',
  'The first two were taken: the passport photo, then the selfie.',
);
export const NOTHING_PASTED = problem(
  'No photo on the clipboard',
  'Copy a picture first, or choose a file.',
);

export function isCancelled(error: unknown): boolean {
  return error instanceof VisavisError && (error.code === 'cancelled' || error.code === 'disposed');
}

const PHOTO_TITLES: Partial<Record<VisavisErrorCode, string>> = {
  'unreadable-image': 'This file cannot be read as a photo',
  'image-too-large': 'This photo is too large',
  'image-too-small': 'This image is too small',
  'face-too-small': 'The face is too small',
  'out-of-memory': 'The browser ran out of memory',
};

/** Why a photo could not be used. The package's own messages say what to do, with the figures. */
export function photoProblem(error: unknown): Problem {
  if (!(error instanceof VisavisError)) return problem('Something went wrong here', String(error));
  if (error.code === 'no-face') {
    return problem(
      'No face found',
      'Use a photo that shows the whole face from the front, in good light.',
      true,
    );
  }
  const title = PHOTO_TITLES[error.code] ?? 'This photo cannot be compared';
  return problem(title, error.message, error.code === 'face-too-small');
}

/** Why the models could not be loaded. */
export function engineProblem(error: unknown): Problem {
  const detail = error instanceof Error ? error.message : String(error);
  if (!(error instanceof VisavisError)) return problem('The models could not be loaded', detail);
  if (error.code === 'unsupported') return problem('This browser is too old for visavis', detail);
  if (error.code === 'io') {
    return problem(
      'A download failed',
      'Check the connection to the site this page came from, then try again.',
    );
  }
  if (error.code.startsWith('model-')) {
    return problem(
      'A model arrived damaged',
      `${detail} Try again; if it stays, the site needs repair.`,
    );
  }
  return problem('The models could not be loaded', detail);
}

export function facesFound(count: number): string {
  return count === 1 ? 'Face found' : `${count} faces found`;
}

/** Below this confidence of the detector a face is doubtful: kDoubtfulConfidence of native/commands/compare.cpp. */
export const DOUBTFUL_CONFIDENCE = 0.7;
export const DOUBTFUL_FACE = 'It is not certain that a face was found: use a clearer photo.';

export function severalFaces(count: number): string {
  return `${count} faces found. Is this the right one? If not, pick another.`;
}

/** "1 in 1,000"; "28 in 100" where that would be 1 in less than ten. */
export function oneIn(rate: number): string {
  if (rate <= 0) return 'none measured';
  return rate > 0.1 ? `${Math.round(100 * rate)} in 100` : `1 in ${round(1 / rate)}`;
}

/** "1 in 55", or "fewer than 1 in 1,000" of what hardly ever happened where it was measured. */
export function oneInAbout(rate: number): string {
  return rate < 1e-3 ? 'fewer than 1 in 1,000' : oneIn(rate);
}

/** To two leading digits, as people say such numbers. */
function round(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en');
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
