/** A `.visavis` file on its way to the core; `source` names it in messages. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly source: string;
}
