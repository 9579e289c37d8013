import { defineConfig } from 'vite';
import { offline } from './offline.mjs';
import { partials } from './partials.mjs';

export default defineConfig({
  // Relative addresses: the build works at any path of any static host.
  base: './',
  plugins: [partials, offline],
  worker: { format: 'es' },
  build: {
    // Nothing inlined: the security policy allows no data: scripts, and files are cached by their hash.
    assetsInlineLimit: 0,
    target: 'es2022',
    sourcemap: true,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: 'index.html', teach: 'teach.html' } },
  },
});
