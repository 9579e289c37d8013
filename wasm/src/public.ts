export { VisavisError } from './errors.js';
export type { VisavisErrorCode } from './errors.js';
export { FaceTemplate } from './template.js';
export type * from './types.js';
