import type { ColourConversion } from './colour.js';

/** What one format's reader finds out about a file, without decoding it. */
export interface ImageParts {
  /** As stored, before the orientation; of an animation, its canvas. */
  readonly width: number;
  readonly height: number;
  /** 1 to 8, as EXIF numbers them. */
  readonly orientation: number;
  /**
   * The same picture as a plain file for the decoder of a browser or of sharp: only what decides the
   * pixels, whole, of an animation the first frame; no EXIF, so that no decoder turns it.
   */
  readonly plain: Uint8Array<ArrayBuffer>;
  /** Where the decoded picture is smaller than the canvas that it lies on. */
  readonly frame?: Frame;
  /** What decoders leave to be done to the colours. */
  readonly colours?: ColourConversion;
  /** Whether the samples are ink (CMYK) without a profile. */
  readonly isBareInk?: boolean;
  /** `plain` with its data packed anew, for a decoder that refuses them; rejects as requireAllPixels throws. */
  readonly repacked?: () => Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Throws 'unreadable-image' where pixels are missing. It takes as long as decoding, so that it is
   * called while somebody else decodes.
   */
  readonly requireAllPixels?: () => void;
}

/** Size of the canvas, and where on it the picture begins; the rest is transparent. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}
