/** Number (core/base/error.h) to name of what went wrong; a test holds the two lists together. */
export const CORE_ERROR_CODES = {
  1: 'invalid-argument',
  2: 'unreadable-image',
  3: 'image-too-large',
  4: 'image-too-small',
  5: 'no-face',
  6: 'face-too-small',
  7: 'model-foreign',
  8: 'model-truncated',
  9: 'model-corrupt',
  10: 'model-version',
  11: 'model-mismatch',
  12: 'unsupported',
  13: 'out-of-memory',
  14: 'io',
  15: 'internal',
} as const;

export type VisavisErrorCode =
  | (typeof CORE_ERROR_CODES)[keyof typeof CORE_ERROR_CODES]
  /** The caller's AbortSignal said so. */
  | 'cancelled'
  /** dispose() has been called. */
  | 'disposed'
  /** In node: an image file was given, but `sharp`, or for HEIC `libheif-js`, is not installed. */
  | 'decoder-missing'
  /** The Content-Security-Policy lacks 'wasm-unsafe-eval'. */
  | 'csp-blocked';

/** The only error thrown or rejected with. The message is one line and says what to do. */
export class VisavisError extends Error {
  override readonly name = 'VisavisError';

  constructor(
    readonly code: VisavisErrorCode,
    message: string,
  ) {
    super(message);
  }
}
