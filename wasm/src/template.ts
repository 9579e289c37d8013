import { isUnit, requireBytes } from './arguments.js';
import { VisavisError } from './errors.js';

/** "VVTPL", the format's version, two bytes kept at 0. */
const HEADER = [0x56, 0x56, 0x54, 0x50, 0x4c, 1, 0, 0];
const MODEL_AT = HEADER.length + 2;

/** What is kept of a face to compare it later: biometric data, so store it as such. */
export class FaceTemplate {
  constructor(
    /** Identifies the embedder that made it. */
    readonly model: string,
    /** Of unit length. */
    readonly embedding: Float32Array,
  ) {}

  /** 8 bytes header, u16 length of the model's name, the name (UTF-8), then floats; little-endian. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const name = new TextEncoder().encode(this.model);
    const bytes = new Uint8Array(MODEL_AT + name.length + this.embedding.length * 4);
    const view = new DataView(bytes.buffer);
    bytes.set(HEADER);
    view.setUint16(HEADER.length, name.length, true);
    bytes.set(name, MODEL_AT);
    const floatsAt = MODEL_AT + name.length;
    this.embedding.forEach((value, i) => view.setFloat32(floatsAt + i * 4, value, true));
    return bytes;
  }

  /** Throws 'invalid-argument' for anything that toBytes did not make. */
  static fromBytes(bytes: Uint8Array): FaceTemplate {
    requireBytes('FaceTemplate.fromBytes', bytes);
    if (bytes.length < MODEL_AT || HEADER.some((byte, i) => byte !== bytes[i])) {
      throw broken('it does not begin as one; give what toBytes() returned');
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const floatsAt = MODEL_AT + view.getUint16(HEADER.length, true);
    const floatBytes = bytes.length - floatsAt;
    if (floatBytes <= 0 || floatBytes % 4 !== 0) throw broken('it is cut short or padded');
    const embedding = new Float32Array(floatBytes / 4);
    for (let i = 0; i < embedding.length; i++) {
      embedding[i] = view.getFloat32(floatsAt + i * 4, true);
    }
    if (!isUnit(embedding)) throw broken('its embedding is not of unit length');
    return new FaceTemplate(new TextDecoder().decode(bytes.subarray(MODEL_AT, floatsAt)), embedding);
  }
}

function broken(why: string): VisavisError {
  return new VisavisError('invalid-argument', `These bytes are no face template: ${why}.`);
}
