import type { Plugin } from 'vite';

export declare const partials: Plugin;
