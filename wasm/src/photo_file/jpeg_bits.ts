/** A Huffman table. Where a number follows a code, the symbol's low half says how many bits it has (T.81, F.1.2). */
export class Codes {
  /** For the next 16 bits: bits of code and number << 8 | symbol; 0 where no code fits. */
  readonly all = new Uint16Array(1 << 16);
  /** The same for codes of at most SHORT bits, by the next SHORT bits: this stays in the fastest cache. */
  readonly short = new Uint16Array(1 << SHORT);

  /** `code` is filled up to 16 bits with zeros. */
  add(code: number, length: number, symbol: number): void {
    const entry = ((length + (symbol & 15)) << 8) | symbol;
    this.all.fill(entry, code, code + (1 << (16 - length)));
    if (length > SHORT) return;
    this.short.fill(entry, code >> (16 - SHORT), (code >> (16 - SHORT)) + (1 << (SHORT - length)));
  }
}

const SHORT = 10;
const SHORT_MASK = (1 << SHORT) - 1;

/** Bits of entropy-coded data (ITU T.81, F.2.2.5) up to the next marker; zeros after that. */
export class BitReader {
  /** The last bits read from the file, the next one highest among `count`. */
  private held = 0;
  private count = 0;
  /** Of those held, the zeros that stand for what is not there. */
  private padding = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** Whether bits were taken that are not there. */
  get ranOut(): boolean {
    return this.padding > this.count;
  }

  /** Whether the next 16 bits are not all from the file. */
  get isPadding(): boolean {
    return this.padding > this.count - 16;
  }

  /** At most 16. */
  skip(bits: number): void {
    if (this.count < bits) this.fill();
    this.count -= bits;
  }

  /**
   * The next symbol; skips the number behind it. undefined where no code fits; past the end everything
   * is padding, which need not be a code.
   */
  symbol(codes: Codes): number | undefined {
    if (this.count < 16) this.fill();
    const found =
      codes.short[(this.held >>> (this.count - SHORT)) & SHORT_MASK] ||
      (codes.all[(this.held >>> (this.count - 16)) & 0xffff] as number);
    if (found === 0) {
      if (!this.isPadding) return undefined;
      this.count -= 16;
      return 0;
    }
    const bits = found >> 8;
    if (this.count < bits) {
      this.count -= 16;
      this.skip(bits - 16);
    } else {
      this.count -= bits;
    }
    return found & 0xff;
  }

  /**
   * Skips the coefficients of a block behind its first (T.81, F.2.2.2), as `symbol` would one by one. Most
   * of a file goes through here: with the state in local variables it takes half the time. Returns false
   * where no code fits.
   */
  skipCoefficients(codes: Codes): boolean {
    const { bytes } = this;
    const { short, all } = codes;
    const last = bytes.length - 1;
    let { held, count, at } = this;
    for (let k = 1; k < 64;) {
      if (count < 16 && at < last && bytes[at] !== 0xff && bytes[at + 1] !== 0xff) {
        held = (held << 16) | ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
        count += 16;
        at += 2;
      }
      let symbol: number | undefined;
      const entry =
        short[(held >>> (count - SHORT)) & SHORT_MASK] || all[(held >>> (count - 16)) & 0xffff];
      const bits = (entry as number) >> 8;
      if (count >= 16 && bits > 0 && bits <= count) {
        count -= bits;
        symbol = (entry as number) & 0xff;
      } else {
        [this.held, this.count, this.at] = [held, count, at];
        symbol = this.symbol(codes);
        ({ held, count, at } = this);
        if (symbol === undefined) return false;
      }
      if ((symbol & 15) === 0 && symbol !== 0xf0) break;
      k += 1 + (symbol >> 4);
    }
    [this.held, this.count, this.at] = [held, count, at];
    return true;
  }

  /** At most 16. */
  take(bits: number): number {
    this.skip(bits);
    return (this.held >>> this.count) & ((1 << bits) - 1);
  }

  /** The restart marker that stands next, or after stray bytes; undefined for another or none. */
  restart(): number | undefined {
    this.held = this.count = this.padding = 0;
    this.at = this.nextMarker();
    const marker = this.bytes[this.at + 1] ?? 0;
    if (marker < 0xd0 || marker > 0xd7) return undefined;
    this.at += 2;
    return marker;
  }

  /** Where the next marker stands, or the end. */
  nextMarker(from = this.at): number {
    const { bytes } = this;
    for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
      const next = bytes[at + 1] ?? 0;
      if (next !== 0 && next !== 0xff) return at;
    }
    return bytes.length;
  }

  private fill(): void {
    const first = this.bytes[this.at];
    const second = this.bytes[this.at + 1];
    // Most bytes stand for themselves.
    if (first !== undefined && first !== 0xff && second !== undefined && second !== 0xff) {
      this.held = (this.held << 16) | (first << 8) | second;
      this.count += 16;
      this.at += 2;
      return;
    }
    while (this.count <= 24) {
      let byte = this.bytes[this.at] ?? 0;
      if (this.at >= this.bytes.length) {
        this.padding += 8;
      } else if (byte !== 0xff) {
        this.at++;
      } else {
        byte = this.stuffed();
      }
      this.held = (this.held << 8) | byte;
      this.count += 8;
    }
  }

  /** FF00 stands for FF; a marker ends the data. */
  private stuffed(): number {
    let next = this.at + 1;
    while (this.bytes[next] === 0xff) next++;
    if (this.bytes[next] === 0) {
      this.at = next + 1;
      return 0xff;
    }
    this.padding += 8;
    return 0;
  }
}
