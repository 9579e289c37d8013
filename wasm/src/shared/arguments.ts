import { VisavisError } from './errors.js';
import { KEYPOINTS } from './faces.js';
import type { Face } from './types.js';

/**
 * Checks what callers give, before any work begins: types are no promise in JavaScript. Everything refused is a
 * VisavisError 'invalid-argument'; numbers are refused in the words of core/base/number_range.h.
 */

/** Which numbers an argument may be. */
export interface NumberRange {
  readonly least: number;
  /** Absent: any above. */
  readonly most?: number;
  /** `least` itself is outside. */
  readonly isAboveLeast?: boolean;
  readonly isWhole?: boolean;
}

export const DISTANCES: NumberRange = { least: 0, most: 2 };
export const FMRS: NumberRange = { least: 0, most: 1, isAboveLeast: true };
export const POSITIVE: NumberRange = { least: 0, isAboveLeast: true };
/** What crosses to the core as a 32-bit number, which would else wrap around. */
export const COUNTS: NumberRange = { least: 0, most: 2 ** 31 - 1, isWhole: true };

/** Of stored embeddings: float32 rounding, and no more. As require_unit_embedding of the core. */
const NORM_TOLERANCE = 1e-3;

export function invalid(message: string): VisavisError {
  return new VisavisError('invalid-argument', message);
}

export function requireNumber(name: string, value: unknown, range: NumberRange): number {
  if (isNumberOf(range, value)) return value;
  throw invalid(`${name} must be ${numberInWords(range)}, not ${shown(value)}.`);
}

/** As requireNumber; undefined stays so. */
export function optionalNumber(
  name: string,
  value: unknown,
  range: NumberRange,
): number | undefined {
  return value === undefined ? undefined : requireNumber(name, value, range);
}

/** One of several texts. */
export function requireChoice<Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  if (choices.includes(value as Choice)) return value as Choice;
  throw invalid(
    `${name} must be ${choices.map((choice) => `'${choice}'`).join(' or ')}, not ${shown(value)}.`,
  );
}

/**
 * The options of a call; undefined is none. A name that is no option is refused: a mistyped `treshold` would else
 * leave the threshold as it was.
 */
export function requireOptions<Options extends object>(
  call: string,
  options: Options | undefined,
  known: readonly (keyof Options & string)[],
): Options {
  if (options === undefined) return {} as Options;
  if (typeof options !== 'object' || options === null) {
    throw invalid(`The options of ${call} must be an object, not ${shown(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if ((known as readonly string[]).includes(name)) continue;
    throw invalid(`${call} has no option ${shown(name)}; there are ${known.join(', ')}.`);
  }
  requireSignal((options as { signal?: unknown }).signal);
  return options;
}

/** The options of a load: as requireOptions, with what all loads share. */
export function requireLoadOptions<Options extends object>(
  call: string,
  options: Options | undefined,
  known: readonly (keyof Options & string)[],
  roles: readonly string[],
): Options {
  const given = requireOptions(call, options, known);
  const { onProgress, models, variant } = given as Record<string, unknown>;
  if (variant !== undefined) requireChoice('variant', variant, ['baseline', 'relaxed']);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalid(`onProgress must be a function, not ${shown(onProgress)}.`);
  }
  if (models === undefined) return given;
  if (typeof models !== 'object' || models === null) {
    throw invalid(`models must be an object, not ${shown(models)}.`);
  }
  for (const [role, source] of Object.entries(models)) {
    if (!roles.includes(role))
      throw invalid(`models has no ${shown(role)}; there are ${roles.join(', ')}.`);
    requireSource(`models.${role}`, source);
  }
  return given;
}

/** Which face: its place among those found, or one that was found. */
export function requireFace(face: unknown): number | Face {
  if (typeof face === 'object' && face !== null && isFace(face as Partial<Face>))
    return face as Face;
  if (isNumberOf(COUNTS, face)) return face;
  throw invalid(
    `face must be ${numberInWords(COUNTS)}, or a face as detect() found it, not ${shown(face)}.`,
  );
}

/** The face of the last frame; undefined and null are none. */
export function requirePrevious(previous: unknown): Face | null {
  if (previous === undefined || previous === null) return null;
  if (typeof previous === 'object' && isFace(previous)) return previous as Face;
  throw invalid(
    `previous must be the face that track() gave of the last frame, or null, not ${shown(previous)}.`,
  );
}

/** What an embedder made: its name and a vector of length 1. */
export function requireEmbedded(
  name: string,
  value: unknown,
): { readonly model: string; readonly embedding: Float32Array } {
  const given = (typeof value === 'object' && value !== null ? value : {}) as {
    model?: unknown;
    embedding?: unknown;
  };
  const { model, embedding } = given;
  if (typeof model !== 'string' || !isFloats(embedding)) {
    throw invalid(
      `${name} must be what enrol() or embed() gave, or FaceTemplate.fromBytes(), not ${shown(value)}.`,
    );
  }
  if (!isUnit(embedding)) {
    throw invalid(`The embedding of ${name} is not of length 1: give one as it was made.`);
  }
  return { model, embedding };
}

/** Told by what it calls itself: it may come from another frame. */
function isFloats(value: unknown): value is Float32Array {
  return Object.prototype.toString.call(value) === '[object Float32Array]';
}

/** Whether a vector is of length 1; one that holds NaN is not. */
export function isUnit(embedding: Float32Array): boolean {
  const squares = embedding.reduce((sum, value) => sum + value * value, 0);
  return Math.abs(Math.sqrt(squares) - 1) <= NORM_TOLERANCE;
}

export function requireBytes(name: string, bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw invalid(`${name} takes a Uint8Array, not ${shown(bytes)}.`);
}

function requireSignal(signal: unknown): void {
  if (signal === undefined) return;
  // By what it can do: a signal may come from another frame or a library.
  const { aborted, addEventListener } = (signal ?? {}) as {
    aborted?: unknown;
    addEventListener?: unknown;
  };
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return;
  throw invalid(`signal must be an AbortSignal, not ${shown(signal)}.`);
}

function requireSource(name: string, source: unknown): void {
  if (source === undefined || typeof source === 'string' || source instanceof URL) return;
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return;
  throw invalid(
    `${name} must be a URL, a path or the bytes of a model file, not ${shown(source)}.`,
  );
}

function isNumberOf(range: NumberRange, value: unknown): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (range.isWhole === true && !Number.isInteger(value)) return false;
  const isHighEnough = range.isAboveLeast === true ? value > range.least : value >= range.least;
  return isHighEnough && value <= (range.most ?? Infinity);
}

/** "a number from 0 to 2", "a whole number from 0 up" */
function numberInWords({
  least,
  most,
  isAboveLeast = false,
  isWhole = false,
}: NumberRange): string {
  const number = isWhole ? 'a whole number' : 'a number';
  if (isAboveLeast)
    return `${number} above ${least}${most === undefined ? '' : ` and at most ${most}`}`;
  return `${number} from ${least} ${most === undefined ? 'up' : `to ${most}`}`;
}

function isFace({ box, confidence, keypoints }: Partial<Face>): boolean {
  const points = KEYPOINTS.map((name) => keypoints?.[name]);
  const numbers = [
    box?.left,
    box?.top,
    box?.width,
    box?.height,
    confidence,
    ...points.flatMap((point) => [point?.x, point?.y]),
  ];
  return numbers.every((value) => Number.isFinite(value));
}

/** A value in a message: short, on one line. */
function shown(value: unknown): string {
  if (typeof value === 'string')
    return `'${value.slice(0, 40).replace(/[\p{Cc}\u2028\u2029]/gu, ' ')}'`;
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value).slice(0, 40);
}
