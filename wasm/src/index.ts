import { platform } from './browser/platform.js';
import type { LoadOptions, Visavis as VisavisInstance } from './types.js';
import { load } from './visavis.js';

export * from './public.js';

/** The package in the browser. */
export const Visavis = {
  /** Loads WebAssembly and models and starts a worker. Rejects with VisavisError. */
  load: (options?: LoadOptions): Promise<VisavisInstance> => load(platform, options),
};
export type Visavis = VisavisInstance;
