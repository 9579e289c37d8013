import { Reader } from './bytes.js';
import { BitReader, Codes } from './jpeg_bits.js';
import { damaged, truncated } from './refusals.js';
import type { VisavisError } from '../shared/errors.js';

/**
 * Follows the Huffman codes of every scan, without working out a coefficient, and throws
 * 'unreadable-image' where a scan ends before its last block: decoders of browsers go on in grey.
 * `plain` is the file that readJpeg makes; `hadEnd` tells which words fit.
 */
export function requireAllPixels(plain: Uint8Array, hadEnd: boolean): void {
  const missing = hadEnd ? damaged('JPEG', 'a part of the picture is missing') : truncated('JPEG');
  new EntropyWalk(new Reader(plain), missing).run();
}

interface Component {
  readonly across: number;
  readonly down: number;
  /** Blocks to a row and rows of blocks, as far as the picture goes. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks to a row where scans of several components fill up the last unit. */
  readonly stride: number;
  /** Of progressive files: a bit for every coefficient that is not zero, 64 to a block. */
  readonly nonzero: Uint32Array;
}

interface Scan {
  readonly parts: readonly { component: Component; dc: Codes; ac: Codes }[];
  readonly first: number;
  readonly last: number;
  readonly isRefinement: boolean;
}

const NO_CODES = new Codes();

class EntropyWalk {
  /** Until the file defines them no code fits. */
  private readonly dcCodes: Codes[] = Array.from({ length: 4 }, () => NO_CODES);
  private readonly acCodes: Codes[] = Array.from({ length: 4 }, () => NO_CODES);
  private readonly components = new Map<number, Component>();
  private isProgressive = false;
  private restartInterval = 0;
  private unitsAcross = 0;
  private unitsDown = 0;
  private bits: BitReader;
  /** Blocks still to be skipped since a run of them ended early. */
  private skippedBlocks = 0;

  constructor(
    private readonly file: Reader,
    private readonly missing: VisavisError,
  ) {
    this.bits = new BitReader(file.bytes, 0);
  }

  run(): void {
    const { file } = this;
    let at = 2;
    while (at + 4 <= file.length) {
      const marker = file.u8(at + 1);
      if (marker >= 0xd0 && marker <= 0xd7) {
        at = this.bits.nextMarker(at + 2); // Behind the last block of a scan.
        continue;
      }
      const body = new Reader(file.part(at + 4, at + 2 + file.u16(at + 2)));
      at += 2 + file.u16(at + 2);
      if (marker === 0xc4) this.readCodes(body);
      else if (marker === 0xdd) this.restartInterval = body.u16(0);
      else if (marker >= 0xc0 && marker <= 0xc2) this.readFrame(marker, body);
      else if (marker === 0xda) at = this.followScan(body, at);
    }
  }

  /** Class and number of a table, how many codes there are of each length, then their symbols. */
  private readCodes(body: Reader): void {
    for (let at = 0; at + 17 <= body.length;) {
      const which = body.u8(at);
      const codes = new Codes();
      let symbol = at + 17;
      let code = 0;
      for (let length = 1; length <= 16; length++) {
        const span = 1 << (16 - length);
        for (let i = body.u8(at + length); i > 0 && code < 1 << 16; i--, code += span) {
          codes.add(code, length, body.u8(symbol++));
        }
      }
      (which >> 4 === 0 ? this.dcCodes : this.acCodes)[which & 3] = codes;
      at = symbol;
    }
  }

  private readFrame(marker: number, body: Reader): void {
    this.isProgressive = marker === 0xc2;
    const [height, width, count] = [body.u16(1), body.u16(3), body.u8(5)];
    const samplings = Array.from({ length: count }, (_, i) => body.u8(7 + 3 * i));
    if (samplings.some((sampling) => sampling >> 4 === 0 || (sampling & 15) === 0))
      throw damaged('JPEG', 'bad sampling');
    const most = (of: (sampling: number) => number): number => Math.max(...samplings.map(of));
    const [mostAcross, mostDown] = [
      most((sampling) => sampling >> 4),
      most((sampling) => sampling & 15),
    ];
    this.unitsAcross = Math.ceil(width / (8 * mostAcross));
    this.unitsDown = Math.ceil(height / (8 * mostDown));
    samplings.forEach((sampling, i) => {
      const [across, down] = [sampling >> 4, sampling & 15];
      const stride = this.unitsAcross * across;
      this.components.set(body.u8(6 + 3 * i), {
        across,
        down,
        columns: Math.ceil(Math.ceil((width * across) / mostAcross) / 8),
        rows: Math.ceil(Math.ceil((height * down) / mostDown) / 8),
        stride,
        nonzero: new Uint32Array(this.isProgressive ? 2 * stride * this.unitsDown * down : 0),
      });
    });
  }

  /** Returns where the next marker stands. */
  private followScan(body: Reader, at: number): number {
    const scan = this.scanOf(body);
    this.bits = new BitReader(this.file.bytes, at);
    this.skippedBlocks = 0;
    const [only, ...others] = scan.parts;
    if (only === undefined) throw damaged('JPEG', 'a scan of nothing');
    const follow = this.followerOf(scan);
    const isAlone = others.length === 0;
    const columns = isAlone ? only.component.columns : this.unitsAcross;
    const units = columns * (isAlone ? only.component.rows : this.unitsDown);
    for (let unit = 0; unit < units; unit++) {
      if (this.restartInterval > 0 && unit > 0 && unit % this.restartInterval === 0)
        this.restart(unit);
      const [x, y] = [unit % columns, Math.floor(unit / columns)];
      for (const { component, dc, ac } of scan.parts) {
        const [across, down] = isAlone ? [1, 1] : [component.across, component.down];
        for (let row = 0; row < down; row++) {
          for (let column = 0; column < across; column++) {
            follow(component, (y * down + row) * component.stride + x * across + column, dc, ac);
          }
        }
      }
      if (this.bits.ranOut) throw this.missing;
    }
    return this.bits.nextMarker();
  }

  private scanOf(body: Reader): Scan {
    const count = body.u8(0);
    const tail = 1 + 2 * count;
    const parts = Array.from({ length: count }, (_, i) => {
      const component = this.components.get(body.u8(1 + 2 * i));
      const tables = body.u8(2 + 2 * i);
      if (component === undefined) throw damaged('JPEG', 'a scan of an unknown component');
      const dc = this.dcCodes[(tables >> 4) & 3] as Codes;
      return { component, dc, ac: this.acCodes[tables & 3] as Codes };
    });
    return {
      parts,
      first: body.u8(tail),
      last: Math.min(body.u8(tail + 1), 63),
      isRefinement: body.u8(tail + 2) >> 4 !== 0,
    };
  }

  private followerOf({
    first,
    last,
    isRefinement,
  }: Scan): (c: Component, block: number, dc: Codes, ac: Codes) => void {
    if (!this.isProgressive) return (_component, _block, dc, ac) => this.followBlock(dc, ac);
    if (first === 0) {
      if (isRefinement) return () => this.bits.skip(1);
      return (_component, _block, dc) => void this.symbol(dc);
    }
    if (isRefinement) {
      return ({ nonzero }, block, _dc, ac) =>
        this.refineCoefficients(nonzero, 2 * block, first, last, ac);
    }
    return ({ nonzero }, block, _dc, ac) =>
      this.followCoefficients(nonzero, 2 * block, first, last, ac);
  }

  private symbol(codes: Codes): number {
    const symbol = this.bits.symbol(codes);
    if (symbol === undefined) throw badCode();
    return symbol;
  }

  private followBlock(dc: Codes, ac: Codes): void {
    this.symbol(dc);
    if (!this.bits.skipCoefficients(ac)) throw badCode();
  }

  /** T.81, G.1.2.2. */
  private followCoefficients(
    nonzero: Uint32Array,
    at: number,
    first: number,
    last: number,
    ac: Codes,
  ): void {
    if (this.skippedBlocks > 0) {
      this.skippedBlocks--;
      return;
    }
    for (let k = first; k <= last; k++) {
      const symbol = this.symbol(ac);
      const [zeros, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && zeros < 15) {
        this.skippedBlocks = (1 << zeros) - 1 + this.bits.take(zeros);
        return;
      }
      k += zeros;
      if (size > 0) mark(nonzero, at, k);
    }
  }

  /** T.81, G.1.2.3: every coefficient that is not zero yet has one more bit. */
  private refineCoefficients(
    nonzero: Uint32Array,
    at: number,
    first: number,
    last: number,
    ac: Codes,
  ): void {
    let k = first;
    while (this.skippedBlocks === 0 && k <= last) {
      const symbol = this.symbol(ac);
      let zeros = symbol >> 4;
      const isNew = (symbol & 15) !== 0;
      if (!isNew && zeros < 15) {
        this.skippedBlocks = (1 << zeros) + this.bits.take(zeros);
        break;
      }
      for (; k <= last; k++) {
        if (isMarked(nonzero, at, k)) this.bits.skip(1);
        else if (--zeros < 0) break;
      }
      if (isNew && k <= last) mark(nonzero, at, k);
      k++;
      if (this.bits.ranOut) return;
    }
    if (this.skippedBlocks === 0) return;
    for (; k <= last; k++) if (isMarked(nonzero, at, k)) this.bits.skip(1);
    this.skippedBlocks--;
  }

  private restart(unit: number): void {
    this.skippedBlocks = 0;
    const expected = 0xd0 + ((unit / this.restartInterval - 1) & 7);
    const found = this.bits.restart();
    if (found === undefined) throw this.missing;
    if (found !== expected) throw damaged('JPEG', 'a part of the picture is out of place');
  }
}

function badCode(): VisavisError {
  return damaged('JPEG', 'bad code');
}

function mark(nonzero: Uint32Array, at: number, k: number): void {
  if (k < 64) nonzero[at + (k >> 5)]! |= 1 << (k & 31);
}

function isMarked(nonzero: Uint32Array, at: number, k: number): boolean {
  return ((nonzero[at + (k >> 5)]! >>> (k & 31)) & 1) === 1;
}
