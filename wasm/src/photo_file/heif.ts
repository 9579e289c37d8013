import { Reader } from './bytes.js';
import { requireImageSize } from './limits.js';
import { damaged, truncated } from './refusals.js';

/** What ISO/IEC 23008-12 files (AVIF, HEIC) say about their primary image. */
export interface HeifHeader {
  /** As stored, before the file's own rotation. */
  readonly width: number;
  readonly height: number;
  /** Whether AV1 is the codec, and not HEVC. */
  readonly isAv1: boolean;
  /** The colour profile: ICC, or code points of ITU-T H.273. */
  readonly icc?: Uint8Array;
  readonly codePoints?: { readonly primaries: number; readonly transfer: number };
}

/** Orientation is in these files a property of the image, which every decoder honours; EXIF does not count. */
export function readHeif(file: Reader, format: string): HeifHeader {
  const boxes = boxesIn(file);
  requireWholeBoxes(boxes, format);
  const parts = boxesIn(boxes.find(({ type }) => type === 'meta')?.body, 4);
  const find = (type: string, among = parts): Reader | undefined =>
    among.find((box) => box.type === type)?.body;
  const properties = boxesIn(find('iprp'));
  const all = boxesIn(find('ipco', properties));
  const own = new Set(associations(find('ipma', properties), primaryItem(find('pitm'))));
  const ofPrimary = all.filter((_, i) => own.has(i + 1));
  const size = ofPrimary.find(({ type }) => type === 'ispe')?.body;
  if (size === undefined) throw damaged(format, 'no size');
  const [width, height] = [size.u32(4), size.u32(8)];
  // Of an image in tiles, these have sizes of their own.
  for (const { type, body } of all) if (type === 'ispe') requireImageSize(body.u32(4), body.u32(8));
  const isAv1 = all.some(({ type }) => type === 'av1C');
  return { width, height, isAv1, ...coloursOf(ofPrimary) };
}

interface Box {
  readonly type: string;
  readonly body: Reader;
  /** Bytes that it should have beyond the end. */
  readonly missing: number;
}

/** Those that begin within; the last may be cut off. */
function boxesIn(file = new Reader(new Uint8Array()), from = 0): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= file.length && boxes.length < 10_000;) {
    const short = file.u32(at);
    const [head, length] =
      short === 1 ? [16, file.u32(at + 8) * 2 ** 32 + file.u32(at + 12)] : [8, short];
    const end = length === 0 ? file.length : at + length;
    if (end < at + head) break;
    boxes.push({
      type: file.text(at + 4, 4),
      body: new Reader(file.part(at + head, end)),
      missing: end - file.length,
    });
    at = end;
  }
  return boxes;
}

/** What stands behind the boxes of an image is none of its business. */
function requireWholeBoxes(boxes: readonly Box[], format: string): void {
  const isCut = boxes.some(
    ({ type, missing }) => missing > 0 && ['ftyp', 'meta', 'mdat'].includes(type),
  );
  const meta = boxes.find(({ type }) => type === 'meta');
  const hasData =
    boxes.some(({ type }) => type === 'mdat') ||
    boxesIn(meta?.body, 4).some(({ type }) => type === 'idat');
  if (isCut || !hasData) throw truncated(format);
}

function primaryItem(box: Reader | undefined): number {
  if (box === undefined) return 0;
  return box.u8(0) === 0 ? box.u16(4) : box.u32(4);
}

/** Numbers, from 1, of the properties of an item. */
function associations(box: Reader | undefined, item: number): number[] {
  if (box === undefined) return [];
  const [version, isWide] = [box.u8(0), (box.u8(3) & 1) === 1];
  let at = 8;
  for (let left = box.u32(4); left > 0 && at < box.length; left--) {
    const id = version < 1 ? box.u16(at) : box.u32(at);
    at += version < 1 ? 2 : 4;
    const count = box.u8(at++);
    const numbers = Array.from({ length: count }, (_, i) =>
      isWide ? box.u16(at + 2 * i) & 0x7fff : box.u8(at + i) & 0x7f,
    );
    if (id === item) return numbers;
    at += count * (isWide ? 2 : 1);
  }
  return [];
}

function coloursOf(properties: readonly Box[]): Pick<HeifHeader, 'icc' | 'codePoints'> {
  const boxes = properties.filter(({ type }) => type === 'colr').map(({ body }) => body);
  const profile = boxes.find((box) => ['prof', 'rICC'].includes(box.text(0, 4)));
  if (profile !== undefined) return { icc: profile.bytes.subarray(4) };
  const nclx = boxes.find((box) => box.text(0, 4) === 'nclx');
  return nclx === undefined
    ? {}
    : { codePoints: { primaries: nclx.u16(4), transfer: nclx.u16(6) } };
}
