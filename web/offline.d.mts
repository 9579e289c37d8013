import type { Plugin } from 'vite';

export declare const offline: Plugin;
