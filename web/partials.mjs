import { readFileSync } from 'node:fs';

/** Puts partials/NAME.html where a page says `<!-- partial: NAME -->`: what both pages share stands once. */
export const partials = {
  name: 'partials',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) =>
      html.replace(/^ *<!-- partial: (\w+) -->\n/gm, (_, name) =>
        readFileSync(new URL(`partials/${name}.html`, import.meta.url), 'utf8'),
      ),
  },
};
