import { deflateSync } from 'node:zlib';

import { sharp } from '../wasm/photos.js';
import { chunk, pngFile, rowsOf } from './png_file.js';

export interface Fixture {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether it is to be read, or refused as 'unreadable-image'. */
  readonly isRead: boolean;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
/** As phones write it behind a photo or in place of its end. */
const TRAILER = latin1(
  '\0\0\x01\x0aImage_UTC_Data1700000000000\xff\xe1\xff\0SEFHe\0\0\0\x01\0\0\0SEFT',
);
const END = latin1('\xff\xd9');

/** What may befall any JPEG. */
export function jpegFates(name: string, whole: Buffer): Fixture[] {
  const endless = whole.subarray(0, -2);
  const half = whole.subarray(0, whole.length >> 1);
  const lastBlock = whole.subarray(0, -12);
  const firstSegment = 4 + whole.readUInt16BE(4);
  const stray = [whole.subarray(0, firstSegment), latin1('\0\x12\0'), whole.subarray(firstSegment)];
  return [
    ['no end', [endless], true],
    ['half an end', [whole.subarray(0, -1)], true],
    ['trailer for an end', [endless, TRAILER], true],
    ['trailer', [whole, TRAILER], true],
    ['another behind it', [whole, whole], true],
    ['stray bytes', stray, true],
    ['half', [half], false],
    ['half with an end', [half, END], false],
    ['no last block', [lastBlock], false],
    ['no last block with an end', [lastBlock, END], false],
  ].map(([fate, parts, isRead]) => ({
    name: `${name}, ${fate as string}`,
    bytes: Buffer.concat(parts as Buffer[]),
    isRead: isRead as boolean,
  }));
}

const fixture = (name: string, bytes: Buffer, isRead = true): Fixture => ({ name, bytes, isRead });

export function pngs(): Fixture[] {
  return [...pngKinds(), ...pngColours(), ...pngOrientations(), ...pngFaults()];
}

/** Every colour type and depth, as PngSuite has them. */
function pngKinds(): Fixture[] {
  const depths: Record<number, number[]> = {
    0: [1, 2, 4, 8, 16],
    2: [8, 16],
    3: [1, 2, 4, 8],
    4: [8, 16],
    6: [8, 16],
  };
  const kinds = Object.entries(depths).flatMap(([type, all]) =>
    all.map((depth) => ({ colourType: Number(type), depth })),
  );
  return kinds.flatMap((kind) =>
    [false, true].flatMap((isInterlaced) => {
      const whole = pngFile({ ...kind, width: 23, height: 17, isInterlaced });
      const name = `PNG of type ${kind.colourType}, ${kind.depth} bits${isInterlaced ? ', interlaced' : ''}`;
      return [
        fixture(name, whole),
        fixture(`${name}, no IEND`, whole.subarray(0, -12)),
        fixture(`${name}, no checksum of its data`, whole.subarray(0, -20)),
        fixture(`${name}, half`, whole.subarray(0, whole.length >> 1), false),
        ...[
          [1, 1],
          [3, 5],
          [8, 1],
        ].map(([width, height]) =>
          fixture(
            `${name}, ${width} x ${height}`,
            pngFile({ ...kind, width: width!, height: height!, isInterlaced }),
          ),
        ),
      ];
    }),
  );
}

const PLAIN = { width: 23, height: 17, depth: 8, colourType: 2 };
const u32 = (...values: number[]): Buffer =>
  Buffer.concat(
    values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])),
  );

function pngColours(): Fixture[] {
  const gamma = (value: number): Buffer => chunk('gAMA', u32(value));
  const displayP3 = chunk('cHRM', u32(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000));
  const transparency = (hex: string): Buffer => chunk('tRNS', Buffer.from(hex, 'hex'));
  const sRgb = chunk('sRGB', Buffer.alloc(1));
  const before: Record<string, Buffer[]> = {
    'linear light': [gamma(100_000)],
    'gamma 2.2': [gamma(45_455)],
    'gamma of nonsense': [gamma(0)],
    'gamma and Display P3': [gamma(45_455), displayP3],
    'Display P3 without gamma': [displayP3],
    'sRGB and a gamma': [sRgb, gamma(100_000)],
    'cICP of Display P3': [chunk('cICP', Buffer.from([12, 13, 0, 1])), gamma(100_000)],
    'one transparent colour': [transparency('000100020003')],
    'profile that is none': [
      chunk('iCCP', Buffer.concat([latin1('x\0\0'), deflateSync(Buffer.alloc(300, 120))])),
    ],
  };
  return [
    ...Object.entries(before).map(([name, chunks]) =>
      fixture(`PNG, ${name}`, pngFile({ ...PLAIN, before: chunks })),
    ),
    fixture(
      'grey PNG, linear light',
      pngFile({ ...PLAIN, colourType: 0, before: [gamma(100_000)] }),
    ),
    fixture(
      'grey PNG with alpha, linear light',
      pngFile({ ...PLAIN, colourType: 4, before: [gamma(100_000)] }),
    ),
    fixture(
      'grey PNG, one transparent level',
      pngFile({ ...PLAIN, colourType: 0, before: [transparency('0033')] }),
    ),
    fixture(
      'PNG, palette with transparency',
      pngFile({ ...PLAIN, colourType: 3, depth: 4, before: [transparency('0080ff')] }),
    ),
    fixture('PNG, animated', pngFile({ ...PLAIN, before: [chunk('acTL', u32(1, 0))] })),
  ];
}

/** Profiles of another kind than the pixels: `rgb` and `grey` are PNGs that have one. */
export function pngsOfAnotherProfile(rgb: Buffer, grey: Buffer): Fixture[] {
  return [
    fixture(
      'grey PNG, profile of colours',
      pngFile({ ...PLAIN, colourType: 0, before: [profileOf(rgb)] }),
    ),
    fixture('PNG, profile of grey', pngFile({ ...PLAIN, before: [profileOf(grey)] })),
  ];
}

function profileOf(png: Buffer): Buffer {
  const at = png.indexOf('iCCP');
  return png.subarray(at - 4, at + 8 + png.readUInt32BE(at - 4));
}

/** TIFF with nothing but the orientation. */
const exif = (orientation: number): Buffer =>
  Buffer.concat([
    latin1('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0'),
    Buffer.from([orientation, 0, 0, 0, 0, 0, 0, 0]),
  ]);

function pngOrientations(): Fixture[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].flatMap((orientation) => {
    const block = chunk('eXIf', exif(orientation));
    return [
      fixture(`PNG, orientation ${orientation}`, pngFile({ ...PLAIN, before: [block] })),
      fixture(
        `PNG, orientation ${orientation} behind the data`,
        pngFile({ ...PLAIN, after: [block] }),
      ),
    ];
  });
}

function pngFaults(): Fixture[] {
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[copy.length + at]! ^= 1;
    return copy;
  };
  const data = deflateSync(rowsOf(PLAIN));
  const text = chunk('tEXt', latin1('a\0b'));
  return [
    fixture('PNG, bad checksum of data', flipped(pngFile(PLAIN), -13), false),
    fixture('PNG, bad checksum of text', pngFile({ ...PLAIN, before: [flipped(text, -1)] })),
    fixture(
      'PNG, bad checksum of EXIF',
      pngFile({ ...PLAIN, before: [flipped(chunk('eXIf', exif(6)), -1)] }),
    ),
    fixture('PNG, bad checksum of all data', pngFile({ ...PLAIN, data: flipped(data, -1) })),
    fixture(
      'PNG, rows missing',
      pngFile({ ...PLAIN, data: deflateSync(rowsOf({ ...PLAIN, height: 9 })) }),
      false,
    ),
    fixture(
      'PNG, unknown chunk that matters',
      pngFile({ ...PLAIN, before: [chunk('CgBI', u32(0))] }),
      false,
    ),
  ];
}

export async function webps(): Promise<Fixture[]> {
  const picture = sharp({
    create: {
      width: 61,
      height: 43,
      channels: 3,
      background: 'teal',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });
  const solid = await picture.png().toBuffer();
  const lossy = await sharp(solid).webp().toBuffer();
  const turned = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map(async (orientation) =>
      fixture(
        `WebP, orientation ${orientation}`,
        await sharp(solid).webp({ lossless: true }).withMetadata({ orientation }).toBuffer(),
      ),
    ),
  );
  const extended = turned[5]!.bytes;
  return [
    ...turned,
    fixture('WebP, lossy', lossy),
    fixture('WebP, lossy with alpha', await sharp(solid).ensureAlpha(0.5).webp().toBuffer()),
    fixture(
      'WebP, lossless with alpha',
      await sharp(solid).ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
    ),
    fixture('WebP, junk behind it', Buffer.concat([lossy, latin1('junk')])),
    fixture('WebP, EXIF cut off', extended.subarray(0, -10)),
    fixture('WebP, half', lossy.subarray(0, lossy.length >> 1), false),
    fixture('WebP, last bytes missing', lossy.subarray(0, -20), false),
  ];
}

/** Beginnings of files that are not read. */
export function foreigners(): Fixture[] {
  const heads = [
    'GIF89a',
    'GIF87a',
    '%PDF-1.7',
    'II*\0',
    'MM\0*',
    'BM',
    '\0\0\x01\0',
    '8BPS',
    '\xff\x0a',
    '\0\0\0\x0cJXL \r\n',
    '\0\0\0\x0cjP  \r\n',
    '\xff\x4f\xff\x51',
    '\0\0\0\x18ftypcrx ',
    'FUJIFILMCCD-RAW',
    '\0\0\0\x18ftypisom',
    '\0\0\0\x18ftypqt  ',
    '\x1a\x45\xdf\xa3',
    '<svg xmlns=',
    '<?xml version=',
    'VISAVIS\0',
    'PK\x03\x04',
    'Dear Sir',
    'RIFF\0\0\0\0WAVE',
    '\xff\xd8',
    '\x89PNG',
    '\0\0\0\0',
    '\xff\xd8\xff',
    '\x89PNG\r\n\x1a\n',
  ];
  return heads.map((head) =>
    fixture(JSON.stringify(head), Buffer.concat([latin1(head), Buffer.alloc(40)]), false),
  );
}
