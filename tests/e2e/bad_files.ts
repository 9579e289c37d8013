import { closeSync, mkdtempSync, openSync, ftruncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

import { chunk } from '../parity/png_file.js';
import type { FilePayload } from './browser.js';

export function payload(name: string, buffer: Buffer, mimeType = 'image/jpeg'): FilePayload {
  return { name, mimeType, buffer };
}

/** A grey PNG of one bit per pixel, so that even absurd sizes make small files. */
export function png(width: number, height: number, colour = 0xaa): FilePayload {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1; // Bits per sample; colour type 0 (grey) and the rest are zeros.
  const row = Buffer.alloc(1 + Math.ceil(width / 8), colour);
  row[0] = 0;
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  const file = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return payload(`${width}x${height}.png`, file, 'image/png');
}

/** A file that begins as a JPEG and goes on with nothing, taking no room on most disks. */
export function hugeFile(bytes: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'visavis-e2e-')), 'huge.jpg');
  const file = openSync(path, 'w');
  writeSync(file, Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
  ftruncateSync(file, bytes);
  closeSync(file);
  return path;
}
