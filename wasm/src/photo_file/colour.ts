/** CIE 1931 chromaticities (x, y) of white, red, green and blue. */
export interface Chromaticities {
  readonly white: readonly [number, number];
  readonly red: readonly [number, number];
  readonly green: readonly [number, number];
  readonly blue: readonly [number, number];
}

/** Light of a sample, both 0 to 1. */
export type Curve = (sample: number) => number;

/** Rows of a 3 x 3 matrix. */
export type Matrix = readonly [Row, Row, Row];
type Row = readonly [number, number, number];

export const SRGB: Chromaticities = {
  white: [0.3127, 0.329],
  red: [0.64, 0.33],
  green: [0.3, 0.6],
  blue: [0.15, 0.06],
};

/** By the code points of ITU-T H.273: BT.601 of 625 and 525 lines, BT.2020, Display P3. */
const PRIMARIES: Readonly<Record<number, Chromaticities>> = {
  5: { ...SRGB, green: [0.29, 0.6] },
  6: { ...SRGB, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  7: { ...SRGB, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  9: { ...SRGB, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
  12: { ...SRGB, red: [0.68, 0.32], green: [0.265, 0.69] },
};
const GAMMAS: Readonly<Record<number, number>> = { 4: 2.2, 5: 2.8, 8: 1 };

export const srgbCurve: Curve = (sample) =>
  sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4;

/** To sRGB from the colours that are written in a file, for decoders that do not do it themselves. */
export class ColourConversion {
  private readonly light: readonly [Float32Array, Float32Array, Float32Array];

  /** `toSrgb`: from linear light to that of sRGB; null for grey. */
  constructor(
    curves: readonly [Curve, Curve, Curve],
    private readonly toSrgb: Matrix | null,
  ) {
    const table = (curve: Curve): Float32Array =>
      Float32Array.from({ length: 256 }, (_, i) => curve(i / 255));
    this.light = [table(curves[0]), table(curves[1]), table(curves[2])];
  }

  static ofGrey(curve: Curve): ColourConversion {
    return new ColourConversion([curve, curve, curve], null);
  }

  /** undefined for chromaticities that make no sense. */
  static ofPrimaries(primaries: Chromaticities, curve: Curve): ColourConversion | undefined {
    const toD50 = d50OfPrimaries(primaries);
    return toD50 && ColourConversion.fromD50([curve, curve, curve], toD50);
  }

  /** Curves of television and unknown ones count as sRGB's, as browsers have it. */
  static ofCodePoints(primaries: number, transfer: number): ColourConversion | undefined {
    const gamma = GAMMAS[transfer];
    const curve: Curve = gamma === undefined ? srgbCurve : (sample) => sample ** gamma;
    const known = PRIMARIES[primaries];
    if (known === undefined && gamma === undefined) return undefined;
    return ColourConversion.ofPrimaries(known ?? SRGB, curve);
  }

  /** `toD50`: from linear light to CIE XYZ with D50 as white, as profiles have it. */
  static fromD50(
    curves: readonly [Curve, Curve, Curve],
    toD50: Matrix,
  ): ColourConversion | undefined {
    const back = inverse(d50OfPrimaries(SRGB) as Matrix);
    return back && new ColourConversion(curves, product(back, toD50));
  }

  /** Converts RGBA, not premultiplied, in place. */
  apply(rgba: Uint8Array | Uint8ClampedArray): void {
    const encoded = encodedLight();
    const [reds, greens, blues] = this.light;
    const last = encoded.length - 1;
    const sample = (light: number): number =>
      encoded[light <= 0 ? 0 : light >= 1 ? last : Math.round(light * last)] as number;
    const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = this.toSrgb ?? IDENTITY;
    for (let at = 0; at + 3 < rgba.length; at += 4) {
      const red = reds[rgba[at] as number] as number;
      const green = greens[rgba[at + 1] as number] as number;
      const blue = blues[rgba[at + 2] as number] as number;
      rgba[at] = sample(rr * red + rg * green + rb * blue);
      rgba[at + 1] = sample(gr * red + gg * green + gb * blue);
      rgba[at + 2] = sample(br * red + bg * green + bb * blue);
    }
  }
}

const IDENTITY: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

let encodedSteps: Uint8Array | undefined;

/** sRGB samples of light in even steps: fine enough for the dark ones, where the curve is steep. */
function encodedLight(): Uint8Array {
  const steps = 1 << 16;
  encodedSteps ??= Uint8Array.from({ length: steps }, (_, i) => {
    const light = i / (steps - 1);
    return Math.round(
      255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055),
    );
  });
  return encodedSteps;
}

const D50: Row = [0.9642, 1, 0.8249];
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** From linear light to XYZ, seen as under D50 (Bradford's adaptation, as in ICC profiles). */
function d50OfPrimaries({ white, red, green, blue }: Chromaticities): Matrix | undefined {
  if ([white, red, green, blue].some(([, y]) => y <= 0)) return undefined;
  const [r, g, b, w] = [xyz(red), xyz(green), xyz(blue), xyz(white)];
  const columns: Matrix = [
    [r[0], g[0], b[0]],
    [r[1], g[1], b[1]],
    [r[2], g[2], b[2]],
  ];
  const unscaled = inverse(columns);
  const unbradford = inverse(BRADFORD);
  if (unscaled === undefined || unbradford === undefined) return undefined;
  const toXyz = product(columns, diagonal(times(unscaled, w)));
  const from = times(BRADFORD, w);
  const to = times(BRADFORD, D50);
  const cones = diagonal([to[0] / from[0], to[1] / from[1], to[2] / from[2]]);
  return product(product(unbradford, product(cones, BRADFORD)), toXyz);
}

function xyz([x, y]: readonly [number, number]): Row {
  return [x / y, 1, (1 - x - y) / y];
}

function diagonal([a, b, c]: Row): Matrix {
  return [
    [a, 0, 0],
    [0, b, 0],
    [0, 0, c],
  ];
}

function times(matrix: Matrix, v: Row): Row {
  const row = ([a, b, c]: Row): number => a * v[0] + b * v[1] + c * v[2];
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function product(a: Matrix, b: Matrix): Matrix {
  const column = (i: 0 | 1 | 2): Row => times(a, [b[0][i], b[1][i], b[2][i]]);
  const [x, y, z] = [column(0), column(1), column(2)];
  return [
    [x[0], y[0], z[0]],
    [x[1], y[1], z[1]],
    [x[2], y[2], z[2]],
  ];
}

/** undefined for a singular matrix. */
function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix | undefined {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!(Math.abs(determinant) > 1e-9)) return undefined;
  const over = (value: number): number => value / determinant;
  return [
    [over(e * i - f * h), over(c * h - b * i), over(b * f - c * e)],
    [over(f * g - d * i), over(a * i - c * g), over(c * d - a * f)],
    [over(d * h - e * g), over(b * g - a * h), over(a * e - b * d)],
  ];
}
