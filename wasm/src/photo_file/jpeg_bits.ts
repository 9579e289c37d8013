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

  peek16(): number {
    if (this.count < 16) this.fill();
    return (this.held >>> (this.count - 16)) & 0xffff;
  }

  /** At most 16. */
  skip(bits: number): void {
    if (this.count < bits) this.fill();
    this.count -= bits;
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
