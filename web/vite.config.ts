import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Puts partials/NAME.html where a page says `<!-- partial: NAME -->`: what both pages share stands once. */
const partials: Plugin = {
  name: 'partials',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) =>
      html.replace(/^ *<!-- partial: (\w+) -->\n/gm, (_, name: string) =>
        readFileSync(new URL(`partials/${name}.html`, import.meta.url), 'utf8'),
      ),
  },
};

export default defineConfig({
  // Relative addresses: the build works at any path of any static host.
  base: './',
  plugins: [partials],
  worker: { format: 'es' },
  build: {
    // Nothing inlined: the security policy allows no data: scripts, and files are cached by their hash.
    assetsInlineLimit: 0,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: 'index.html', teach: 'teach.html' } },
  },
});
