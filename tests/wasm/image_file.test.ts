import { describe, expect, test } from 'vitest';

import { inspectImageFile, MAX_FILE_BYTES, requireFileSize } from '../../wasm/dist/image_file.js';
import { sharp } from './photos.js';

const WIDTH = 37;
const HEIGHT = 23;
/** Noise, so that the compressed data holds all kinds of bytes. */
const noise = sharp({
  create: {
    width: WIDTH,
    height: HEIGHT,
    channels: 3,
    background: 'grey',
    noise: { type: 'gaussian', mean: 128, sigma: 60 },
  },
});

const files = {
  'a baseline JPEG': await noise.clone().jpeg().toBuffer(),
  'a progressive JPEG': await noise.clone().jpeg({ progressive: true }).toBuffer(),
  'a JPEG with EXIF': await noise.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  'a PNG': await noise.clone().png().toBuffer(),
  'a lossy WebP': await noise.clone().webp().toBuffer(),
  'a lossless WebP': await noise.clone().webp({ lossless: true }).toBuffer(),
  'an extended WebP': await noise.clone().ensureAlpha(0.5).webp().withMetadata({ orientation: 6 }).toBuffer(),
  'a GIF': await noise.clone().gif().toBuffer(),
  'an AVIF': await noise.clone().avif().toBuffer(),
};

const codeOf = (bytes: Uint8Array): string => {
  try {
    return inspectImageFile(bytes).format;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe.each(Object.entries(files))('%s', (name, bytes) => {
  test('is told with its size', () => {
    const { format, size } = inspectImageFile(bytes);
    expect(name).toContain(format);
    expect(size).toEqual({ width: WIDTH, height: HEIGHT });
  });

  if (/GIF|AVIF/.test(name)) return; // Left to the decoder, which refuses them truncated.
  test('is refused when cut at any 1/64th', () => {
    for (let part = 0; part < 64; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 64));
      expect(`${part}/64 ${codeOf(cut)}`).toBe(`${part}/64 unreadable-image`);
    }
    expect(codeOf(bytes.subarray(0, bytes.length - 1))).toBe('unreadable-image');
  });
});

test('what a camera appends to a JPEG does no harm', () => {
  expect(codeOf(Buffer.concat([files['a progressive JPEG'], Buffer.alloc(999, 0xff)]))).toBe('JPEG');
});

test('the end of a thumbnail is not taken for the end of the photo', async () => {
  const thumbnail = await noise.clone().jpeg().toBuffer();
  const photo = files['a baseline JPEG'];
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), thumbnail]);
  segment.writeUInt16BE(thumbnail.length + 2, 2);
  const whole = Buffer.concat([photo.subarray(0, 2), segment, photo.subarray(2)]);
  expect(codeOf(whole)).toBe('JPEG');
  expect(codeOf(whole.subarray(0, whole.length - 9))).toBe('unreadable-image');
});

test('20,000 x 20,000 pixels are refused from the header, without decoding', () => {
  const png = Buffer.from(files['a PNG']);
  png.writeUInt32BE(20_000, 16);
  png.writeUInt32BE(20_000, 20);
  expect(codeOf(png)).toBe('image-too-large');
});

test('an image of no pixels is refused', () => {
  const png = Buffer.from(files['a PNG']);
  png.writeUInt32BE(0, 16);
  expect(codeOf(png)).toBe('unreadable-image');
});

test('empty, huge and foreign files are refused, each with its reason', () => {
  expect(codeOf(new Uint8Array())).toBe('unreadable-image');
  expect(() => requireFileSize(0)).toThrow('The file is empty');
  expect(() => requireFileSize(MAX_FILE_BYTES)).not.toThrow();
  expect(() => requireFileSize(100 * 1024 * 1024)).toThrow('100 MB, more than the 64 MB allowed');
  expect(codeOf(Buffer.from('%PDF-1.7 and so on'))).toBe('unreadable-image');
  expect(codeOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('unreadable-image');
});

test('random bytes behind each magic number end in an answer or an error, never in a hang', () => {
  let seed = 1;
  const next = (): number => (seed = (seed * 48271) % 0x7fffffff) & 0xff;
  for (const bytes of Object.values(files)) {
    for (let round = 0; round < 200; round++) {
      const mixed = Buffer.from(bytes).map((byte, i) => (i < 12 ? byte : next()));
      expect(codeOf(mixed)).toMatch(/^(JPEG|PNG|WebP|GIF|AVIF|unreadable-image|image-too-large)$/);
    }
  }
});
