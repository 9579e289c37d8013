import { type Progress, Visavis } from 'visavis';

export type EngineLoader = (onProgress: (progress: Progress) => void) => Promise<Visavis>;

/** Loads WebAssembly and models, as soon as the page opens: the first verdict should not wait for them. */
export const loadEngine: EngineLoader = (onProgress) => Visavis.load({ onProgress });
