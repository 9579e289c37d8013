import { Reader } from './bytes.js';
import { ColourConversion, type Curve, type Matrix } from './colour.js';

/** What the samples of a profile stand for: 'RGB ', 'GRAY', 'CMYK' and the like. */
export function spaceOfIcc(icc: Uint8Array): string {
  return new Reader(icc).text(16, 4);
}

/**
 * The conversion of an ICC profile (ICC.1:2022) made of curves and, but for grey, a matrix, as cameras
 * and phones write them; undefined for profiles of other kinds and broken ones.
 */
export function conversionOfIcc(icc: Uint8Array): ColourConversion | undefined {
  const profile = new Reader(icc);
  if (profile.text(36, 4) !== 'acsp') return undefined;
  const tags = tagsOf(profile);
  if (spaceOfIcc(icc) === 'GRAY') {
    const curve = curveOf(tags.get('kTRC'));
    return curve && ColourConversion.ofGrey(curve);
  }
  if (spaceOfIcc(icc) !== 'RGB ') return undefined;
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((name) => curveOf(tags.get(name)));
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => xyzOf(tags.get(name)));
  if (tags.has('A2B0') || [...curves, ...columns].includes(undefined)) return undefined;
  const [red, green, blue] = columns as [Xyz, Xyz, Xyz];
  const toD50: Matrix = [
    [red[0], green[0], blue[0]],
    [red[1], green[1], blue[1]],
    [red[2], green[2], blue[2]],
  ];
  return ColourConversion.fromD50(curves as [Curve, Curve, Curve], toD50);
}

type Xyz = readonly [number, number, number];

function tagsOf(profile: Reader): Map<string, Reader> {
  const tags = new Map<string, Reader>();
  const count = Math.min(profile.u32(128), 100);
  for (let at = 132; at < 132 + 12 * count; at += 12) {
    const from = profile.u32(at + 4);
    tags.set(profile.text(at, 4), new Reader(profile.part(from, from + profile.u32(at + 8))));
  }
  return tags;
}

function xyzOf(tag: Reader | undefined): Xyz | undefined {
  if (tag?.text(0, 4) !== 'XYZ ' || tag.length < 20) return undefined;
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)];
}

function curveOf(tag: Reader | undefined): Curve | undefined {
  if (tag?.text(0, 4) === 'curv') return sampledCurve(tag);
  if (tag?.text(0, 4) === 'para') return parametricCurve(tag);
  return undefined;
}

function sampledCurve(tag: Reader): Curve | undefined {
  const count = tag.u32(8);
  if (tag.length < 12 + 2 * count) return undefined;
  if (count === 0) return (sample) => sample;
  if (count === 1) return (sample) => sample ** (tag.u16(12) / 256);
  return (sample) => {
    const place = sample * (count - 1);
    const before = Math.floor(place);
    const value = (i: number): number => tag.u16(12 + 2 * Math.min(i, count - 1)) / 65535;
    return value(before) + (place - before) * (value(before + 1) - value(before));
  };
}

/** Section 10.18: y = (a x + b)^g + e from d on, c x + f below, with fewer parameters for simpler kinds. */
function parametricCurve(tag: Reader): Curve | undefined {
  const kind = tag.u16(8);
  const counts = [1, 3, 4, 5, 7];
  const count = counts[kind];
  if (count === undefined || tag.length < 12 + 4 * count) return undefined;
  const p = Array.from({ length: 7 }, (_, i) =>
    i < count ? fixed(tag, 12 + 4 * i) : 0,
  ) as Parameters7;
  const [g, a, b, c, d, e, f] = p;
  if (kind === 0) return (x) => x ** g;
  if (kind === 1) return (x) => (x >= -b / a ? (a * x + b) ** g : 0);
  if (kind === 2) return (x) => (x >= -b / a ? (a * x + b) ** g : 0) + c;
  if (kind === 3) return (x) => (x >= d ? (a * x + b) ** g : c * x);
  return (x) => (x >= d ? (a * x + b) ** g + e : c * x + f);
}

type Parameters7 = [number, number, number, number, number, number, number];

/** s15Fixed16Number. */
function fixed(tag: Reader, at: number): number {
  return (tag.u32(at) | 0) / 65536;
}
