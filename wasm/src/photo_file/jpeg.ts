import { joined, Reader } from './bytes.js';
import { exifOrientation } from './exif.js';
import type { ImageParts } from './image_parts.js';
import { requireAllPixels } from './jpeg_entropy.js';
import { MAX_IMAGE_PIXELS, requireImageSize } from './limits.js';
import { damaged, rare, truncated } from './refusals.js';

/**
 * A progressive file may hold any number of tiny scans, each of which costs a pass over the whole
 * image; real ones have about ten. The second bound keeps the largest photos to twenty.
 */
const MAX_SCANS = 100;
const MAX_SCANNED_PIXELS = 20 * MAX_IMAGE_PIXELS;

const END = 0xd9;
const SCAN = 0xda;
const PROGRESSIVE = 0xc2;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
/** Tables of Huffman codes, of quantisation, and the restart interval. */
const TABLES = [0xc4, 0xdb, 0xdd];

/**
 * ITU T.81, annex B, without decoding any scan. Stray bytes between segments are skipped, and what
 * phones append to a photo, with or without its end marker, is left out.
 */
export function readJpeg(file: Reader): ImageParts {
  const walk = new Walk(file);
  walk.run();
  const { width, height, scans } = walk;
  if (walk.rareKind !== undefined) throw rare('JPEG', walk.rareKind);
  if (walk.components.size === 0)
    throw walk.hasEnd ? damaged('JPEG', 'no picture') : truncated('JPEG');
  requireImageSize(width, height);
  if (!walk.coversImage()) {
    throw walk.hasEnd ? damaged('JPEG', 'a component is missing') : truncated('JPEG');
  }
  if (scans > MAX_SCANS || scans * width * height > MAX_SCANNED_PIXELS) {
    throw damaged('JPEG', `${scans} scans, which take too long`);
  }
  const plain = joined([
    Uint8Array.of(0xff, 0xd8),
    ...walk.profile(),
    ...walk.kept,
    Uint8Array.of(0xff, END),
  ]);
  return {
    width,
    height,
    orientation: walk.orientation,
    plain,
    isBareInk: walk.components.size === 4 && walk.profile().length === 0,
    requireAllPixels: () => requireAllPixels(plain, walk.hasEnd),
  };
}

class Walk {
  width = 0;
  height = 0;
  orientation = 1;
  scans = 0;
  hasEnd = false;
  rareKind: string | undefined;
  /** By its id: how many low bits of each coefficient are still to come; Infinity where none was sent. */
  readonly components = new Map<number, number[]>();
  private isProgressive = false;
  private hasExif = false;
  /** The segments that decide the pixels. */
  readonly kept: Uint8Array[] = [];
  /** Parts of a colour profile, by their numbers. */
  private readonly profileParts = new Map<number, Uint8Array>();
  private profileLength = 0;

  constructor(private readonly file: Reader) {}

  run(): void {
    const { file, kept } = this;
    for (
      let at = this.nextMarker(2, false);
      at + 2 <= file.length;
      at = this.nextMarker(at, false)
    ) {
      const marker = file.u8(at + 1);
      if (marker === END) {
        this.hasEnd = true;
        return;
      }
      if (isParameterless(marker)) {
        at += 2;
        continue;
      }
      const end = at + 2 + Math.max(2, file.u16(at + 2));
      const body = new Reader(file.part(at + 4, end));
      if (this.decidesPixels(marker, body)) kept.push(file.part(at, end));
      if (marker === APP2 && body.text(0, 12) === 'ICC_PROFILE\0') {
        this.profileParts.set(body.u8(12), file.part(at, end));
        this.profileLength = body.u8(13);
      }
      this.read(marker, body);
      at = end;
      if (marker !== SCAN) continue;
      const scanEnd = this.nextMarker(at, true);
      kept.push(file.part(at, scanEnd));
      at = scanEnd;
      // With the last bit sent, whatever follows is no part of the picture.
      if (this.isComplete()) {
        this.hasEnd = file.u16(at) === 0xff00 + END;
        this.countNeedlessScans(at);
        return;
      }
    }
  }

  /** Only files that are made to take long go on with scans when all has been sent. */
  private countNeedlessScans(from: number): void {
    const { file } = this;
    for (let at = from; at + 4 <= file.length; at = this.nextMarker(at, true)) {
      const marker = file.u8(at + 1);
      if (marker !== SCAN && !TABLES.includes(marker)) return;
      if (marker === SCAN) this.scans++;
      at += 2 + Math.max(2, file.u16(at + 2));
    }
  }

  /** The segments of a colour profile; none where some are missing, which sharp would not mind. */
  profile(): Uint8Array[] {
    const { profileParts, profileLength } = this;
    const parts = Array.from({ length: profileLength }, (_, i) => profileParts.get(i + 1));
    return parts.some((part) => part === undefined) ? [] : (parts as Uint8Array[]);
  }

  /**
   * Whether every component has a scan and, where there is no end marker to say that the rest was
   * left out on purpose, every coefficient was sent to its last bit.
   */
  coversImage(): boolean {
    return this.hasEnd
      ? [...this.components.values()].every(([first]) => first !== Infinity)
      : this.isComplete();
  }

  private isComplete(): boolean {
    const { components } = this;
    return (
      components.size > 0 &&
      [...components.values()].every((missing) => missing.every((bits) => bits === 0))
    );
  }

  private decidesPixels(marker: number, body: Reader): boolean {
    if (TABLES.includes(marker) || isFrame(marker) || marker === SCAN) return true;
    if (marker === APP0) return body.text(0, 5) === 'JFIF\0';
    return marker === APP14 && body.text(0, 5) === 'Adobe';
  }

  private read(marker: number, body: Reader): void {
    if (isFrame(marker)) this.readFrame(marker, body);
    if (marker === SCAN) this.readScan(body);
    if (marker === APP1 && !this.hasExif && body.text(0, 6) === 'Exif\0\0') {
      this.hasExif = true;
      this.orientation = exifOrientation(body.bytes);
    }
  }

  /** Precision, height, width, then three bytes for each component. */
  private readFrame(marker: number, body: Reader): void {
    this.isProgressive = marker === PROGRESSIVE;
    this.height = body.u16(1);
    this.width = body.u16(3);
    this.components.clear();
    let count = 0;
    for (let at = 6; at + 3 <= body.length; at += 3, count++) {
      this.components.set(body.u8(at), new Array<number>(64).fill(Infinity));
    }
    this.rareKind = rareKindOf(marker, body.u8(0), count);
  }

  /** Their number, two bytes for each component, then first and last coefficient and the bits. */
  private readScan(body: Reader): void {
    this.scans++;
    const count = body.u8(0);
    const tail = 1 + 2 * count;
    if (body.length < tail + 3) return;
    // A sequential scan sends all of a block; some encoders fill in nonsense here.
    const first = this.isProgressive ? body.u8(tail) : 0;
    const last = this.isProgressive ? Math.min(body.u8(tail + 1), 63) : 63;
    const bits = this.isProgressive ? body.u8(tail + 2) & 0x0f : 0;
    for (let i = 0; i < count; i++)
      this.components.get(body.u8(1 + 2 * i))?.fill(bits, first, last + 1);
  }

  /** Where the next marker stands, or the end. Within a scan, restart markers are data. */
  private nextMarker(from: number, inScan: boolean): number {
    const { bytes } = this.file;
    for (
      let at = bytes.indexOf(0xff, from);
      at >= 0 && at + 1 < bytes.length;
      at = bytes.indexOf(0xff, at + 1)
    ) {
      const next = bytes[at + 1] as number;
      if (next !== 0 && next !== 0xff && !(inScan && isRestart(next))) return at;
    }
    return bytes.length;
  }
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

function isParameterless(marker: number): boolean {
  return marker === 0x01 || isRestart(marker) || marker === 0xd8;
}

/** SOF0 to SOF15 without DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function rareKindOf(marker: number, precision: number, components: number): string | undefined {
  if (marker >= 0xc9) return 'arithmetic coding';
  if (marker === 0xc3) return 'lossless';
  if (marker >= 0xc5) return 'hierarchical';
  if (precision !== 8) return 'not 8 bits to a sample';
  if (components !== 1 && components !== 3 && components !== 4) return 'not 1, 3 or 4 components';
  return undefined;
}
