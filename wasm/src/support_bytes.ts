import { isUnit, requireBytes } from './arguments.js';
import { VisavisError } from './errors.js';
import type { ClassSize } from './few_shot_types.js';

/** Classes and their examples' embeddings, row by row, those of a class together. */
export interface StoredSupport {
  readonly classes: readonly ClassSize[];
  readonly rows: Float32Array;
  /** Of an embedding; 0 without examples. */
  readonly length: number;
}

/** "VVSUP", the format's version, two bytes kept at 0. */
const HEADER = [0x56, 0x56, 0x53, 0x55, 0x50, 1, 0, 0];

/**
 * 8 bytes header; model (text); u32 length of an embedding, u32 number of classes; for each class its name (text), u32
 * number of examples and their floats. A text is a u16 length and UTF-8. Little-endian.
 */
export function writeSupport(model: string, { classes, rows, length }: StoredSupport): Uint8Array<ArrayBuffer> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const texts = [model, ...classes.map(({ name }) => name)].map(encode);
  const size = HEADER.length + 8 + texts.reduce((sum, text) => sum + 2 + text.length, 0) + 4 * (classes.length + rows.length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(HEADER);
  let at = HEADER.length;
  const number = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const text = (value: Uint8Array): void => {
    view.setUint16(at, value.length, true);
    bytes.set(value, at + 2);
    at += 2 + value.length;
  };
  text(texts[0] as Uint8Array);
  number(length);
  number(classes.length);
  let value = 0;
  classes.forEach(({ examples }, index) => {
    text(texts[index + 1] as Uint8Array);
    number(examples);
    for (const end = value + examples * length; value < end; value++, at += 4) {
      view.setFloat32(at, rows[value] as number, true);
    }
  });
  return bytes;
}

/** Throws 'invalid-argument' for anything that writeSupport did not make. */
export function readSupport(bytes: Uint8Array): StoredSupport & { model: string } {
  requireBytes('importSupport', bytes);
  if (HEADER.some((byte, i) => byte !== bytes[i])) {
    throw broken('it does not begin as one; give what exportSupport() returned');
  }
  const reader = new Reader(bytes, HEADER.length);
  const model = reader.text();
  const length = reader.number();
  const count = reader.number();
  const classes: ClassSize[] = [];
  const rows: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    const entry = { name: reader.text(), examples: reader.number() };
    if (entry.examples === 0) throw broken('a class has no examples');
    for (let example = 0; example < entry.examples; example++) rows.push(unit(reader.floats(length)));
    classes.push(entry);
  }
  if (!reader.isAtEnd) throw broken('it is padded');
  const whole = new Float32Array(rows.length * length);
  rows.forEach((row, i) => whole.set(row, i * length));
  return { model, classes, rows: whole, length };
}

function unit(embedding: Float32Array): Float32Array {
  if (!isUnit(embedding)) throw broken('an embedding is not of unit length');
  return embedding;
}

class Reader {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }
  number(): number {
    return this.view.getUint32(this.step(4), true);
  }
  text(): string {
    const length = this.view.getUint16(this.step(2), true);
    const start = this.step(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }
  floats(count: number): Float32Array {
    const start = this.step(count * 4);
    return Float32Array.from({ length: count }, (_, i) => this.view.getFloat32(start + i * 4, true));
  }
  /** Before anything is read or made room for. */
  private step(size: number): number {
    const start = this.at;
    if (size > this.bytes.length - start) throw broken('it is cut short');
    this.at += size;
    return start;
  }
}

function broken(why: string): VisavisError {
  return new VisavisError('invalid-argument', `These bytes are no support set: ${why}.`);
}
