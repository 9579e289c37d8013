/** Arithmetic on small pictures of one channel, for ink.ts. Values are 0..1 unless a function says otherwise. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Each value the largest (or the mean) within `radius` of it, along rows and then along columns. */
export function filtered(plane: Plane, radius: number, kind: 'maximum' | 'mean'): Plane {
  return alongRows(transposed(alongRows(transposed(plane), radius, kind)), radius, kind);
}

function transposed({ width, height, values }: Plane): Plane {
  const turned = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned[x * height + y] = values[y * width + x] as number;
  }
  return { width: height, height: width, values: turned };
}

function alongRows({ width, height, values }: Plane, radius: number, kind: 'maximum' | 'mean'): Plane {
  const result = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const window = values.subarray(y * width + Math.max(0, x - radius), y * width + Math.min(width, x + radius + 1));
      result[y * width + x] =
        kind === 'maximum' ? Math.max(...window) : window.reduce((sum, value) => sum + value, 0) / window.length;
    }
  }
  return { width, height, values: result };
}

export interface Split {
  readonly threshold: number;
  readonly lowMean: number;
  readonly highMean: number;
}

const BINS = 256;

/** Where two kinds of values part best: Otsu 1979. */
export function otsu(values: Float32Array): Split {
  const counts = new Float64Array(BINS);
  for (const value of values) counts[Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)))]! += 1;
  const at = (bin: number): number => (bin + 0.5) / BINS;
  const all = counts.reduce((sum, count, bin) => sum + count * at(bin), 0);
  let best: Split & { spread: number } = { threshold: 1, lowMean: 0, highMean: 0, spread: -1 };
  let low = 0;
  let lowSum = 0;
  for (let bin = 0; bin < BINS - 1; bin++) {
    low += counts[bin]!;
    lowSum += counts[bin]! * at(bin);
    const high = values.length - low;
    if (low === 0 || high === 0) continue;
    const [lowMean, highMean] = [lowSum / low, (all - lowSum) / high];
    const spread = low * high * (highMean - lowMean) ** 2;
    if (spread > best.spread) best = { threshold: (bin + 1) / BINS, lowMean, highMean, spread };
  }
  return best;
}

/** Pixels above the threshold that hang together, by their indices: eight neighbours, no two parts touching. */
export function partsAbove({ width, height, values }: Plane, threshold: number): number[][] {
  const seen = new Uint8Array(values.length);
  const parts: number[][] = [];
  for (let start = 0; start < values.length; start++) {
    if (seen[start] || !(values[start]! > threshold)) continue;
    const part = [start];
    seen[start] = 1;
    for (let next = 0; next < part.length; next++) {
      const x = part[next]! % width;
      const y = (part[next]! - x) / width;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const neighbour = ny * width + nx;
          if (seen[neighbour] || !(values[neighbour]! > threshold)) continue;
          seen[neighbour] = 1;
          part.push(neighbour);
        }
      }
    }
    parts.push(part);
  }
  return parts;
}

/** Bilinear; 0 outside. The first pixel's centre is (0.5, 0.5). */
export function sampleAt({ width, height, values }: Plane, x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [u, v] = [x - 0.5 - left, y - 0.5 - top];
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= width || row >= height ? 0 : values[row * width + column]!;
  const upper = at(left, top) * (1 - u) + at(left + 1, top) * u;
  const lower = at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u;
  return upper * (1 - v) + lower * v;
}
