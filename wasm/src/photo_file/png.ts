import { crc32 } from '../shared/crc32.js';
import { ascii, bytesOfU32, joined, Reader } from './bytes.js';
import { type Chromaticities, ColourConversion, SRGB } from './colour.js';
import { deflated, inflatedStart } from './deflate.js';
import { exifOrientation } from './exif.js';
import { conversionOfIcc, spaceOfIcc } from './icc.js';
import type { ImageParts } from './image_parts.js';
import { requireImageSize } from './limits.js';
import { damaged, truncated } from './refusals.js';

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array;
  /** With length and checksum. */
  readonly whole: Uint8Array;
}

type Cut = Pick<Chunk, 'name' | 'data'>;

const KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT'];
const SIGNATURE_LENGTH = 8;

/**
 * PNG (third edition): chunks of length, name, data and CRC, from IHDR to IEND. A file that ends
 * early is made whole where its data hold all pixels. Of an animation the default image is taken.
 */
export async function readPng(file: Reader): Promise<ImageParts> {
  if (file.length < 24) throw truncated('PNG');
  if (file.text(12, 4) !== 'IHDR') throw damaged('PNG', 'no header');
  const [width, height] = [file.u32(16), file.u32(20)];
  requireImageSize(width, height);
  const { chunks, cut } = chunksOf(file);
  const find = (name: string): Chunk | undefined => chunks.find((chunk) => chunk.name === name);
  const header = find('IHDR');
  if (header === undefined) throw truncated('PNG');
  const { profile, colours } = await coloursOf(find, new Reader(header.data));
  const kept = chunks.filter((chunk) => KEPT.includes(chunk.name) || chunk === profile);
  const fileOf = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
    joined([file.part(0, SIGNATURE_LENGTH), ...parts, chunkOf('IEND', new Uint8Array())]);
  const repacked = async (): Promise<Uint8Array<ArrayBuffer>> =>
    fileOf(await mended(kept, header, cut));
  const exif = find('eXIf');
  return {
    width,
    height,
    orientation: exif === undefined ? 1 : exifOrientation(exif.data),
    plain: cut === undefined ? fileOf(kept.map(({ whole }) => whole)) : await repacked(),
    repacked,
    ...(colours && { colours }),
  };
}

/**
 * The sound chunks before IEND; where the file ends without it, also what there is of the chunk that
 * is cut off. Throws 'unreadable-image' where a chunk that matters does not have its checksum.
 */
function chunksOf(file: Reader): { chunks: Chunk[]; cut?: Cut } {
  const chunks: Chunk[] = [];
  let at = SIGNATURE_LENGTH;
  while (at + 12 <= file.length) {
    const end = at + 12 + file.u32(at);
    if (end > file.length) break;
    const name = file.text(at + 4, 4);
    const matters = (file.u8(at + 4) & 0x20) === 0; // Upper case.
    const isSound = crc32(file.part(at + 4, end - 4)) === file.u32(end - 4);
    if (matters && !isSound) throw damaged('PNG', 'bad checksum');
    if (name === 'IEND') return { chunks };
    if (matters && !KEPT.includes(name)) throw damaged('PNG', `unknown chunk ${name}`);
    if (isSound) chunks.push({ name, data: file.part(at + 8, end - 4), whole: file.part(at, end) });
    at = end;
  }
  const data = file.part(at + 8, Math.min(file.length, at + 8 + file.u32(at)));
  return { chunks, cut: { name: file.text(at + 4, 4), data } };
}

/** Chunks with the pixels packed anew, since decoders want their data closed as it should be. */
async function mended(
  chunks: readonly Chunk[],
  header: Chunk,
  cut: Cut | undefined,
): Promise<Uint8Array[]> {
  const data = chunks.filter(({ name }) => name === 'IDAT').map((chunk) => chunk.data);
  if (cut?.name === 'IDAT') data.push(cut.data);
  // Without the checksum of the whole, which may be what the decoder did not like.
  const rows = await inflatedStart(
    joined(data).slice(0, cut === undefined ? -4 : undefined),
    rowBytes(new Reader(header.data)),
  );
  if (rows === undefined) throw cut === undefined ? damaged('PNG', 'bad data') : truncated('PNG');
  const others = chunks.filter(({ name }) => name !== 'IDAT').map(({ whole }) => whole);
  return [...others, chunkOf('IDAT', await deflated(rows))];
}

/** Of all rows, each behind its filter's byte; Adam7 has seven pictures of its own. */
function rowBytes(header: Reader): number {
  const [width, height, depth] = [header.u32(0), header.u32(4), header.u8(8)];
  const samples = [1, 0, 3, 1, 2, 0, 4][header.u8(9)] ?? 0;
  const ofPass = (columns: number, rows: number): number =>
    columns < 1 ? 0 : rows * (1 + Math.ceil((columns * depth * samples) / 8));
  if (header.u8(12) === 0) return ofPass(width, height);
  return ADAM7.reduce(
    (sum, [left, top, across, down]) =>
      sum +
      ofPass(Math.ceil((width - left) / across), Math.max(0, Math.ceil((height - top) / down))),
    0,
  );
}

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Colours {
  /** To be left in the file for the decoder. */
  readonly profile?: Chunk;
  readonly colours?: ColourConversion | undefined;
}

/** By the first of cICP, iCCP, sRGB, and gAMA with cHRM, as the specification has it. */
async function coloursOf(
  find: (name: string) => Chunk | undefined,
  header: Reader,
): Promise<Colours> {
  const [depth, isGrey] = [header.u8(8), (header.u8(9) & 2) === 0];
  const codePoints = find('cICP')?.data;
  if (codePoints?.length === 4) {
    return {
      colours: ColourConversion.ofCodePoints(codePoints[0] as number, codePoints[1] as number),
    };
  }
  const profile = find('iCCP');
  if (profile !== undefined) return coloursOfProfile(profile, depth, isGrey);
  const gamma = find('gAMA')?.data;
  if (find('sRGB') !== undefined || gamma?.length !== 4) return {};
  const exponent = 100_000 / new Reader(gamma).u32(0);
  // Beyond these, libpng takes a gamma for nonsense.
  if (exponent > 100_000 / 16 || exponent < 100_000 / 625_000_000) return {};
  const curve = (sample: number): number => sample ** exponent;
  if (isGrey) return { colours: ColourConversion.ofGrey(curve) };
  return { colours: ColourConversion.ofPrimaries(chromaticitiesOf(find('cHRM')?.data), curve) };
}

/** Decoders know profiles; but some mind one of another kind than the pixels, and libvips none of 16 bits. */
async function coloursOfProfile(chunk: Chunk, depth: number, isGrey: boolean): Promise<Colours> {
  const packed = chunk.data.slice(chunk.data.indexOf(0) + 2); // Behind its name and the method.
  const head = await inflatedStart(packed, 4);
  const icc = head && (await inflatedStart(packed, new Reader(head).u32(0)));
  if (icc === undefined || spaceOfIcc(icc) !== (isGrey ? 'GRAY' : 'RGB ')) return {};
  const colours = depth === 16 ? conversionOfIcc(icc) : undefined;
  return colours === undefined ? { profile: chunk } : { colours };
}

function chromaticitiesOf(data: Uint8Array | undefined): Chromaticities {
  if (data?.length !== 32) return SRGB;
  const chunk = new Reader(data);
  const at = (i: number): [number, number] => [
    chunk.u32(8 * i) / 100_000,
    chunk.u32(8 * i + 4) / 100_000,
  ];
  return { white: at(0), red: at(1), green: at(2), blue: at(3) };
}

function chunkOf(name: string, data: Uint8Array): Uint8Array {
  const body = joined([ascii(name), data]);
  return joined([bytesOfU32(data.length), body, bytesOfU32(crc32(body))]);
}
