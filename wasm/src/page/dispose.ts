/** Engines without Symbol.dispose get the symbol under which its polyfills look. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
