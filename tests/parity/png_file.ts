import { deflateSync } from 'node:zlib';

export interface PngFile {
  width: number;
  height: number;
  /** Bits to a sample. */
  depth: number;
  /** As PNG numbers them: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  colourType: number;
  isInterlaced?: boolean;
  /** Whole chunks in front of the data, and behind them. */
  before?: Buffer[];
  after?: Buffer[];
  /** The rows packed; by default they are. */
  data?: Buffer;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Left, top, and steps across and down of the seven pictures of an interlaced one. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A PNG of noise, the same for the same description. */
export function pngFile(png: PngFile): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(png.width, 0);
  header.writeUInt32BE(png.height, 4);
  header.set([png.depth, png.colourType, 0, 0, png.isInterlaced === true ? 1 : 0], 8);
  const palette =
    png.colourType === 3 ? [chunk('PLTE', noise(3 * Math.min(256, 1 << png.depth)))] : [];
  const data = png.data ?? deflateSync(rowsOf(png));
  const half = data.length >> 1;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...palette,
    ...(png.before ?? []),
    chunk('IDAT', data.subarray(0, half)),
    chunk('IDAT', data.subarray(half)),
    ...(png.after ?? []),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function rowsOf({ width, height, depth, colourType, isInterlaced }: PngFile): Buffer {
  const samples = [1, 0, 3, 1, 2, 0, 4][colourType] as number;
  const picture = (columns: number, rows: number): Buffer => {
    const row = Buffer.concat([Buffer.alloc(1), noise(Math.ceil((columns * samples * depth) / 8))]);
    return columns > 0 && rows > 0 ? Buffer.concat(Array<Buffer>(rows).fill(row)) : Buffer.alloc(0);
  };
  if (isInterlaced !== true) return picture(width, height);
  return Buffer.concat(
    ADAM7.map(([left, top, across, down]) =>
      picture(Math.ceil((width - left) / across), Math.ceil((height - top) / down)),
    ),
  );
}

/** Length, name, data and checksum. */
export function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function noise(bytes: number): Buffer {
  let state = 7;
  return Buffer.from(
    Array.from({ length: bytes }, () => (state = (state * 48271) % 0x7fffffff) & 0xff),
  );
}

/** PNG specification, annex D; node 18 has no zlib.crc32. */
function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
