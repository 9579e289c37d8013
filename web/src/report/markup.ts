/** Text that is HTML already. Only `html` makes it, so whatever else is put into a page is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | readonly Part[] | null;

/** Template of HTML: every part is escaped, except Markup and lists of it; null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...parts.map(textOf)));
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(textOf).join('') : escape(String(part));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for quoted attributes. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');
}

/** Letters of a name that are shown: more would push the rest off the page. Of what is longer the end stays. */
const MOST_LETTERS = 80;
const TAIL_LETTERS = 24;

/**
 * A name from a file, fit to be shown on one page: control characters and those that turn the direction of writing
 * around are shown as what they are ("\u{202e}"), for with them a name can look like another; the middle of a very
 * long one is left out.
 */
export function shownName(name: string): string {
  const escaped = [...name].map((letter) =>
    /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u.test(letter)
      ? `\\u{${letter.codePointAt(0)?.toString(16) ?? ''}}`
      : letter,
  );
  return clipped(escaped.join(''), MOST_LETTERS);
}

/** At most so many letters and an ellipsis; the end stays. */
export function clipped(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  return `${letters.slice(0, most - TAIL_LETTERS).join('')}…${letters.slice(-TAIL_LETTERS).join('')}`;
}
