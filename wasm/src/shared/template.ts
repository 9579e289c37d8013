import { isUnit, requireBytes } from './arguments.js';
import { VisavisError } from './errors.js';
import { crc32 } from './crc32.js';

/**
 * The format of core/face/template_file.h. It stands here a second time since toBytes and fromBytes answer at once, in
 * the page's thread, while the core is in the worker. tests/data/template-v1.template holds the two together.
 */
const MAGIC = [...'VISAVIST'].map((letter) => letter.charCodeAt(0));
/** "VVTPL", 1, 0, 0: what version 0.1.0 began with. The payload followed at once. */
const OLD_MAGIC = [0x56, 0x56, 0x54, 0x50, 0x4c, 1, 0, 0];
const VERSION = 1;
/** Where the envelope's numbers are: u32 version, u64 payload length, u32 CRC-32 of the payload, the payload. */
const VERSION_AT = 8;
const LENGTH_AT = 12;
const CHECKSUM_AT = 20;
const PAYLOAD_AT = 24;

/** What is kept of a face to compare it later: biometric data, so store it as such. */
export class FaceTemplate {
  constructor(
    /** Identifies the embedder that made it. */
    readonly model: string,
    /** Of unit length. */
    readonly embedding: Float32Array,
  ) {}

  /** The content of a template file of the command line. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const name = new TextEncoder().encode(this.model);
    const payload = new Uint8Array(2 + name.length + this.embedding.length * 4);
    const numbers = new DataView(payload.buffer);
    numbers.setUint16(0, name.length, true);
    payload.set(name, 2);
    this.embedding.forEach((value, i) => numbers.setFloat32(2 + name.length + i * 4, value, true));
    const bytes = new Uint8Array(PAYLOAD_AT + payload.length);
    const header = new DataView(bytes.buffer);
    bytes.set(MAGIC);
    header.setUint32(VERSION_AT, VERSION, true);
    header.setBigUint64(LENGTH_AT, BigInt(payload.length), true);
    header.setUint32(CHECKSUM_AT, crc32(payload), true);
    bytes.set(payload, PAYLOAD_AT);
    return bytes;
  }

  /** Throws 'invalid-argument' for anything that neither toBytes nor the command line made. */
  static fromBytes(bytes: Uint8Array): FaceTemplate {
    requireBytes('FaceTemplate.fromBytes', bytes);
    const payload = payloadOf(bytes);
    const view = viewOf(payload);
    if (payload.length < 2) throw broken('it is cut short');
    const floatsAt = 2 + view.getUint16(0, true);
    const floatBytes = payload.length - floatsAt;
    if (floatBytes <= 0 || floatBytes % 4 !== 0) throw broken('it is cut short or padded');
    const embedding = Float32Array.from({ length: floatBytes / 4 }, (_, i) =>
      view.getFloat32(floatsAt + i * 4, true),
    );
    if (!isUnit(embedding)) throw broken('its embedding is not of unit length');
    return new FaceTemplate(new TextDecoder().decode(payload.subarray(2, floatsAt)), embedding);
  }
}

function payloadOf(bytes: Uint8Array): Uint8Array {
  if (beginsWith(bytes, OLD_MAGIC)) return bytes.subarray(OLD_MAGIC.length);
  if (!beginsWith(bytes, MAGIC))
    throw broken('it does not begin as one; give what toBytes() returned');
  if (bytes.length < PAYLOAD_AT) throw broken('it is cut short');
  const header = viewOf(bytes);
  const payload = bytes.subarray(PAYLOAD_AT);
  if (header.getUint32(VERSION_AT, true) !== VERSION)
    throw broken('it is of another version; update visavis');
  if (header.getBigUint64(LENGTH_AT, true) !== BigInt(payload.length))
    throw broken('it is cut short or padded');
  if (header.getUint32(CHECKSUM_AT, true) !== crc32(payload))
    throw broken('its checksum does not match');
  return payload;
}

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => byte === bytes[i]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function broken(why: string): VisavisError {
  return new VisavisError('invalid-argument', `These bytes are no face template: ${why}.`);
}
