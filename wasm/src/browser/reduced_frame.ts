import type { ImageFile } from '../worker/image_file.js';

/** Longer side that a reduced photo keeps at least: five times the near detector's input. */
const MIN_LONGER_SIDE = 640;
/** A JPEG's blocks of 8 x 8 can be decoded onto 4 x 4, 2 x 2 or one pixel. */
const REDUCTIONS = [8, 4, 2];

/**
 * A JPEG decoded at a half, a quarter or an eighth of its size, at least at this share of it; undefined
 * for other files, for small photos, and in browsers without ImageDecoder. The promise gives undefined where the browser does
 * not decode it so, and never rejects: whoever decodes it whole will hear why.
 */
export function reducedFrame(
  { format, width, height, plain }: ImageFile,
  share: number,
): Promise<VideoFrame | undefined> | undefined {
  const longer = Math.max(width, height);
  const reduction = REDUCTIONS.find((by) => longer / by >= MIN_LONGER_SIDE && by * share <= 1);
  if (format !== 'JPEG' || reduction === undefined || typeof ImageDecoder === 'undefined')
    return undefined;
  const [desiredWidth, desiredHeight] = [
    Math.ceil(width / reduction),
    Math.ceil(height / reduction),
  ];
  const decoder = new ImageDecoder({
    data: plain,
    type: 'image/jpeg',
    desiredWidth,
    desiredHeight,
  });
  return decoder
    .decode()
    .then(({ image }) => {
      if (image.displayWidth === desiredWidth && image.displayHeight === desiredHeight)
        return image;
      image.close();
      return undefined;
    })
    .catch(() => undefined)
    .finally(() => decoder.close());
}
