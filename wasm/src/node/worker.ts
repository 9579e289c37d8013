import { parentPort } from 'node:worker_threads';

import { VisavisError } from '../shared/errors.js';
import type { SentFrame } from '../shared/protocol.js';
import { type RowSource, rowsOfPixels } from '../shared/rows.js';
import { serve } from '../worker/serve.js';

/** Files were decoded by sharp before they came here. */
async function openPhoto(photo: SentFrame): Promise<RowSource> {
  if (!('data' in photo)) throw new VisavisError('internal', 'An undecoded photo in the worker.');
  return rowsOfPixels(photo);
}

serve(
  {
    post: (response, transfer) => parentPort?.postMessage(response, transfer),
    listen: (handler) => void parentPort?.on('message', handler),
  },
  { openPhoto, openFrame: openPhoto },
);
