/** A `.visavis` file on its way to the core; `source` names it in messages. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** Where model_file.h keeps the checksum of the payload. */
const CHECKSUM_AT = 20;

/** Identifies a model by its name and its file's checksum. */
export function fingerprint(name: string, bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `${name}-${view.getUint32(CHECKSUM_AT, true).toString(16).padStart(8, '0')}`;
}
