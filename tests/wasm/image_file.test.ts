import { describe, expect, test } from 'vitest';

import {
  inspectImageFile,
  MAX_FILE_BYTES,
  requireFileSize,
} from '../../wasm/dist/worker/image_file.js';
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
  'an extended WebP': await noise
    .clone()
    .ensureAlpha(0.5)
    .webp()
    .withMetadata({ orientation: 6 })
    .toBuffer(),
  'an AVIF': await noise.clone().avif().toBuffer(),
};

/** The format, or why the file is refused. */
const codeOf = async (bytes: Uint8Array): Promise<string> => {
  try {
    const file = await inspectImageFile(bytes as Uint8Array<ArrayBuffer>);
    file.requireAllPixels?.();
    return file.format;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const messageOf = (bytes: Uint8Array): Promise<string> =>
  inspectImageFile(bytes as Uint8Array<ArrayBuffer>).then(String, (error: Error) => error.message);

describe.each(Object.entries(files))('%s', (name, bytes) => {
  test('is told with its size', async () => {
    const { format, width, height } = await inspectImageFile(bytes as Uint8Array<ArrayBuffer>);
    expect(name).toContain(format);
    expect({ width, height }).toEqual({ width: WIDTH, height: HEIGHT });
  });

  test('is refused when cut at any 1/64th of what holds pixels', async () => {
    // EXIF comes last in WebP.
    const end =
      name.includes('WebP') && bytes.includes('EXIF') ? bytes.indexOf('EXIF') : bytes.length;
    for (let part = 0; part < 64; part++) {
      const cut = bytes.subarray(0, Math.floor((end * part) / 64));
      expect(`${part}/64 ${await codeOf(cut)}`).toBe(`${part}/64 unreadable-image`);
    }
  });
});

const appended = (bytes: Uint8Array, ...others: (Uint8Array | string)[]): Buffer =>
  Buffer.concat([
    bytes,
    ...others.map((other) => (typeof other === 'string' ? Buffer.from(other, 'latin1') : other)),
  ]);
/** As phones write it behind a photo or in place of its end, with a marker and FF within. */
const TRAILER = '\0\0\x01\x0aImage_UTC_Data\xff\xe1\xff\0SEFHe\0\0\0SEFT';

describe.each(['a baseline JPEG', 'a progressive JPEG'] as const)('%s', (name) => {
  const whole = files[name];
  const endless = whole.subarray(0, whole.length - 2);
  const second = 4 + whole.readUInt16BE(4);

  test.each([
    ['without its end marker', endless],
    ['with half of its end marker', whole.subarray(0, whole.length - 1)],
    ['with a trailer in place of its end', appended(endless, TRAILER)],
    ['with a trailer', appended(whole, TRAILER)],
    ['with filling bytes', appended(whole, Buffer.alloc(999, 0xff))],
    ['with another photo behind it', appended(endless, files['a baseline JPEG'])],
    [
      'with stray bytes between its segments',
      appended(whole.subarray(0, second), '\0\x12\0', whole.subarray(second)),
    ],
  ])('%s gives a decoder the same pixels', async (_, bytes) => {
    const plain = async (file: Buffer): Promise<Uint8Array> =>
      (await inspectImageFile(file as Uint8Array<ArrayBuffer>)).plain;
    expect(await codeOf(bytes)).toBe('JPEG');
    const pixels = (file: Uint8Array): Promise<Buffer> =>
      sharp(file, { failOn: 'none' }).raw().toBuffer();
    expect((await pixels(await plain(bytes))).equals(await pixels(whole))).toBe(true);
  });

  test('without its last blocks is refused, with or without an end marker', async () => {
    for (const missing of [8, 20, 60]) {
      const cut = whole.subarray(0, whole.length - 2 - missing);
      expect(`${missing} ${await codeOf(cut)}`).toBe(`${missing} unreadable-image`);
      expect(`${missing} ${await codeOf(appended(cut, '\xff\xd9'))}`).toBe(
        `${missing} unreadable-image`,
      );
    }
  });
});

test('more scans than are worth their time are refused undecoded', async () => {
  const whole = files['a progressive JPEG'];
  const first = whole.indexOf('\xff\xda', 'latin1');
  const second = whole.indexOf('\xff\xda', first + 2, 'latin1');
  const scan = whole.subarray(first, second);
  const repeated = (times: number): Buffer =>
    appended(whole.subarray(0, first), ...Array<Buffer>(times).fill(scan), whole.subarray(second));
  expect(await messageOf(repeated(200))).toMatch(
    /2\d\d scans, which take too long.*save it as JPEG/,
  );
  const needless = appended(whole.subarray(0, whole.length - 2), ...Array<Buffer>(200).fill(scan));
  expect(await messageOf(needless)).toMatch(/2\d\d scans/);
});

test('the end of a thumbnail is not taken for the end of the photo', async () => {
  const thumbnail = await noise.clone().jpeg().toBuffer();
  const photo = files['a baseline JPEG'];
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), thumbnail]);
  segment.writeUInt16BE(thumbnail.length + 2, 2);
  const whole = Buffer.concat([photo.subarray(0, 2), segment, photo.subarray(2)]);
  expect(await codeOf(whole)).toBe('JPEG');
  expect(await codeOf(whole.subarray(0, whole.length - 9))).toBe('unreadable-image');
});

test('20,000 x 20,000 pixels are refused from the header, without decoding', async () => {
  const png = Buffer.from(files['a PNG']);
  png.writeUInt32BE(20_000, 16);
  png.writeUInt32BE(20_000, 20);
  expect(await codeOf(png)).toBe('image-too-large');
});

test('an image of no pixels is refused', async () => {
  const png = Buffer.from(files['a PNG']);
  png.writeUInt32BE(0, 16);
  expect(await codeOf(png)).toBe('unreadable-image');
});

test('empty and huge files are refused, each with its reason', async () => {
  expect(await codeOf(new Uint8Array())).toBe('unreadable-image');
  expect(() => requireFileSize(0)).toThrow('The file is empty');
  expect(() => requireFileSize(MAX_FILE_BYTES)).not.toThrow();
  expect(() => requireFileSize(100 * 1024 * 1024)).toThrow(
    '100 MB, more than the 64 MB that are read',
  );
});

test('formats that are not read are named', async () => {
  expect(await messageOf(await noise.clone().gif().toBuffer())).toBe(
    'The file is a GIF image; save it as JPEG or PNG.',
  );
  expect(await messageOf(await noise.clone().tiff().toBuffer())).toContain(
    'a TIFF image or a raw photo',
  );
  expect(await messageOf(Buffer.from('%PDF-1.7 and so on'))).toContain('a PDF document');
  expect(await messageOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toContain(
    'an SVG drawing',
  );
  expect(await messageOf(Buffer.from('\0\0\0\x18ftypisom'))).toContain('a video');
  expect(await messageOf(Buffer.from('Dear Sir'))).toContain('no image that is read');
});

test('random bytes behind each magic number end in an answer or an error, never in a hang', async () => {
  let seed = 1;
  const next = (): number => (seed = (seed * 48271) % 0x7fffffff) & 0xff;
  for (const bytes of Object.values(files)) {
    for (let round = 0; round < 200; round++) {
      const mixed = Buffer.from(bytes).map((byte, i) => (i < 12 ? byte : next()));
      expect(await codeOf(mixed)).toMatch(
        /^(JPEG|PNG|WebP|AVIF|unreadable-image|image-too-large)$/,
      );
    }
  }
});
