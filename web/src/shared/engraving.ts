/**
 * The drawing in an empty slot: a bust that is nobody's, engraved as banknotes and passports engrave
 * their portraits: parallel lines that swell where the relief turns away from the light.
 */

/** How a head is held: turned to a side (radians, left negative) and leaning. */
export interface Pose {
  readonly yaw: number;
  readonly roll: number;
}

export const PASSPORT_POSE: Pose = { yaw: 0, roll: 0 };
export const SELFIE_POSE: Pose = { yaw: -0.45, roll: 0.14 };

const LINES = 64;
const POINTS = 110;
/** How far one unit of relief lifts a line, in line distances. */
const LIFT = 2.2;
/** Thinnest and thickest line, in line distances. */
const HAIRLINE = 0.12;
const FULL = 0.86;

/** SVG path data of the whole drawing: one closed ribbon per line. */
export function engrave(pose: Pose, width: number, height: number): string {
  const pitch = height / LINES;
  let path = '';
  for (let line = 0; line < LINES; line++) {
    const y = (line + 0.5) / LINES;
    const upper: string[] = [];
    const lower: string[] = [];
    for (let i = 0; i <= POINTS; i++) {
      const x = i / POINTS;
      const middle = y * height - relief(x, y, pose) * LIFT * pitch;
      const half = (pitch * thickness(x, y, pose)) / 2;
      upper.push(`${(x * width).toFixed(1)} ${(middle - half).toFixed(2)}`);
      lower.push(`${(x * width).toFixed(1)} ${(middle + half).toFixed(2)}`);
    }
    path += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
  }
  return path;
}

/** Of the line at a place, in line distances; nothing on the empty page. */
function thickness(x: number, y: number, pose: Pose): number {
  const edge = smooth(relief(x, y, pose) * 6);
  return edge * (HAIRLINE + (FULL - HAIRLINE) * shade(x, y, pose));
}

/** 0 (lit, or the empty page) to 1 (turned away from a light at the upper left). */
function shade(x: number, y: number, pose: Pose): number {
  const step = 0.004;
  const here = relief(x, y, pose);
  if (here === 0) return 0;
  const dx = (relief(x + step, y, pose) - relief(x - step, y, pose)) / (2 * step);
  const dy = (relief(x, y + step, pose) - relief(x, y - step, pose)) / (2 * step);
  const lit =
    (-dx * DEPTH * LIGHT.x - dy * DEPTH * LIGHT.y + LIGHT.z) /
    Math.hypot(dx * DEPTH, dy * DEPTH, 1);
  return Math.min(1, Math.max(0, 1.02 - lit)) ** 1.15;
}

const DEPTH = 0.3;
const LIGHT = { x: -0.42, y: -0.44, z: 0.79 };

/** Height of the bust over the page, about 0..1, at a place of the unit square (y down). */
export function relief(x: number, y: number, pose: Pose): number {
  const lean = Math.sin(pose.roll);
  const u = (x - 0.5) * 1.06;
  const v = (y - 0.5) * 1.28;
  const headX = u * Math.cos(pose.roll) + (v - 0.35) * lean;
  const headY = (v - 0.35) * Math.cos(pose.roll) + 0.35 - u * lean;
  return Math.max(head(headX, headY, pose.yaw), shoulders(u, v));
}

function head(x: number, y: number, yaw: number): number {
  // The jaw is narrower than the skull.
  const breadth = 0.27 - 0.055 * smooth((y - 0.02) / 0.3);
  const skull = dome(x / breadth, (y + 0.04) / 0.37);
  if (skull === 0) return 0;
  const turn = Math.sin(yaw) * 0.24;
  const feature = (cx: number, cy: number, sx: number, sy: number) =>
    bump((x - cx * Math.cos(yaw) - turn) / sx, (y - cy) / sy);
  const nose = 0.3 * feature(0, 0.05, 0.036, 0.05) + 0.16 * feature(0, -0.03, 0.03, 0.09);
  const sockets =
    -0.2 * (feature(-0.105, -0.055, 0.052, 0.034) + feature(0.105, -0.055, 0.052, 0.034));
  const lids = 0.1 * (feature(-0.105, -0.05, 0.03, 0.016) + feature(0.105, -0.05, 0.03, 0.016));
  const lips = 0.11 * (feature(0, 0.155, 0.06, 0.013) + feature(0, 0.187, 0.05, 0.014));
  const mouth = -0.08 * feature(0, 0.17, 0.075, 0.008);
  const chin = 0.1 * feature(0, 0.26, 0.07, 0.04);
  return Math.max(
    0,
    skull * 0.78 + (nose + sockets + lids + lips + mouth + chin) * smooth(skull * 2.2),
  );
}

function shoulders(x: number, y: number): number {
  const neck = 0.42 * dome(x / 0.16, (y - 0.36) / 0.3);
  const trunk = 0.5 * dome(x / 0.5, (y - 0.74) / 0.34);
  return Math.max(neck, trunk);
}

/** Upper half of a sphere of radius 1, flattened. */
function dome(x: number, y: number): number {
  return Math.sqrt(Math.max(0, 1 - x * x - y * y));
}

function bump(x: number, y: number): number {
  return Math.exp(-(x * x + y * y) / 2);
}

function smooth(t: number): number {
  const clamped = Math.min(1, Math.max(0, t));
  return clamped * clamped * (3 - 2 * clamped);
}
