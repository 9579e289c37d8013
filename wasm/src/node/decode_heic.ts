import { VisavisError } from '../shared/errors.js';
import { damaged } from '../worker/image_file.js';
import { ColourConversion } from '../photo_file/colour.js';
import type { HeifHeader } from '../photo_file/heif.js';
import { conversionOfIcc } from '../photo_file/icc.js';
import { requireImageSize } from '../photo_file/limits.js';
import type { Pixels } from '../shared/types.js';

/** What is used of libheif-js, which has no types. */
interface Libheif {
  HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[]; decoder?: unknown };
}
interface HeifImage {
  is_primary(): number | boolean;
  get_width(): number;
  get_height(): number;
  display(
    into: { data: Uint8ClampedArray; width: number; height: number },
    done: (filled: unknown) => void,
  ): void;
  free(): void;
}

/** By `libheif-js`, loaded with the first such photo: sharp as npm has it lacks HEVC. */
export async function decodeHeic(
  bytes: Uint8Array,
  { icc, codePoints }: HeifHeader,
): Promise<Pixels> {
  const { HeifDecoder } = await loadLibheif();
  const images = new HeifDecoder().decode(bytes);
  try {
    const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
    if (image === undefined) throw damaged('HEIC', 'no image that libheif-js can decode');
    const pixels = await pixelsOf(image);
    const colours =
      icc === undefined
        ? codePoints && ColourConversion.ofCodePoints(codePoints.primaries, codePoints.transfer)
        : conversionOfIcc(icc);
    colours?.apply(pixels.data);
    return pixels;
  } finally {
    for (const image of images) image.free();
  }
}

/** Turned and mirrored as the file says. */
function pixelsOf(image: HeifImage): Promise<Pixels> {
  const [width, height] = [image.get_width(), image.get_height()];
  requireImageSize(width, height);
  const data = new Uint8ClampedArray(width * height * 4);
  return new Promise((resolve, reject) =>
    image.display({ data, width, height }, (filled) =>
      filled
        ? resolve({ width, height, data })
        : reject(damaged('HEIC', 'libheif-js cannot decode it')),
    ),
  );
}

async function loadLibheif(): Promise<Libheif> {
  try {
    // @ts-expect-error It is an optional peer dependency, and has no types.
    return (await import('libheif-js/wasm-bundle.js')).default as Libheif;
  } catch (error) {
    throw new VisavisError(
      'decoder-missing',
      'HEIC photos, as iPhones save them, are decoded by libheif-js, which is not installed: run `npm i libheif-js`, ' +
        `or save the photo as JPEG (${(error as Error).message.split('\n', 1)[0]}).`,
    );
  }
}
