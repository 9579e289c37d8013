import type { Enrolment, ModelFiles } from './engine.js';
import type { VisavisErrorCode } from './errors.js';
import type { Calibration, Detection, Face, Pixels, Rates, Verdict } from './types.js';

/** A photo on its way to the worker; `Encoded` is what the platform's worker can decode. */
export type SentPhoto = Pixels | EncodedPhoto;
/** A Blob or an ImageBitmap: in the browser the worker decodes. */
export type EncodedPhoto = Blob | ImageBitmap;

/** What the worker can be asked: names, arguments, answers. */
export interface Calls {
  start(wasm: Uint8Array, models: ModelFiles): { model: string; calibration: Calibration };
  detect(photo: SentPhoto): Omit<Detection, 'milliseconds'>;
  enrol(photo: SentPhoto, face: number | Face): Enrolment;
  verify(reference: Float32Array, probe: Float32Array, choice: ThresholdChoice): Verdict;
  rates(distance: number): Rates;
  thresholdAtFmr(fmr: number): number;
}

export interface ThresholdChoice {
  readonly fmr: number | undefined;
  readonly threshold: number | undefined;
}

export type CallName = keyof Calls;

/** To the worker: a call, or word that the answer to one is no longer wanted. */
export type Request =
  | { [Name in CallName]: { id: number; name: Name; args: Parameters<Calls[Name]> } }[CallName]
  | { cancel: number };

/** From the worker; `error` is a VisavisError, whose class messages do not keep. */
export type Response =
  | { id: number; result: unknown }
  | { id: number; error: { code: VisavisErrorCode; message: string } };
