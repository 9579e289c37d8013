/**
 * Strokes of a pen, and how they are brought to the form of Omniglot's drawings (Lake et al. 2015), which the characters
 * model was trained on: 105 x 105 pixels, a pen of 4.6 pixels (area of the ink over length of the path, 300 drawings),
 * the ink's box 48 to 88 pixels long (5th to 95th percentile) and within a few pixels of the middle.
 *
 * So a drawing is moved to the middle, wherever on the sheet it was drawn, and keeps its size unless that is outside
 * what Omniglot's drawers did: a dot and a large ring stay different.
 */
export interface Dot {
  readonly x: number;
  readonly y: number;
}
export type Stroke = readonly Dot[];

export const SIDE = 105;
export const PEN = 4.6;
const LEAST_EXTENT = 48;
const MOST_EXTENT = 88;

/** SVG path data: a curve through the middles between the dots, as a hand moves; a lone dot is a dot. */
export function pathOf(stroke: Stroke): string {
  const [first, ...rest] = stroke;
  if (!first) return '';
  const start = `M${at(first)}`;
  const last = rest.pop();
  // Of length 0, a line has no direction, and some browsers draw nothing.
  if (!last) return `${start}h0.01`;
  let path = start;
  rest.forEach((dot, i) => {
    const next = rest[i + 1] ?? last;
    path += `Q${at(dot)} ${at({ x: (dot.x + next.x) / 2, y: (dot.y + next.y) / 2 })}`;
  });
  return `${path}L${at(last)}`;
}

function at({ x, y }: Dot): string {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}

/** In Omniglot's square. Strokes are in any unit of which SIDE make the height of the sheet. */
export function framed(strokes: readonly Stroke[]): Stroke[] {
  const dots = strokes.flat();
  const [left, right] = range(dots.map(({ x }) => x));
  const [top, bottom] = range(dots.map(({ y }) => y));
  const path = Math.max(right - left, bottom - top);
  const wanted = Math.min(MOST_EXTENT, Math.max(LEAST_EXTENT, path + PEN)) - PEN;
  // A dot has no size to be brought to.
  const scale = path > PEN ? wanted / path : 1;
  const place = ({ x, y }: Dot): Dot => ({
    x: SIDE / 2 + (x - (left + right) / 2) * scale,
    y: SIDE / 2 + (y - (top + bottom) / 2) * scale,
  });
  return strokes.map((stroke) => stroke.map(place));
}

function range(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], v) => [Math.min(low, v), Math.max(high, v)],
    [Infinity, -Infinity],
  );
}
