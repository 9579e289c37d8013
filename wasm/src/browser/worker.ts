import { serve } from '../worker/serve.js';
import { openPhoto, openReduced } from './decode.js';
import { openFrame } from './frame.js';

/** The part of DedicatedWorkerGlobalScope used here; the DOM's types describe windows. */
const scope = self as unknown as {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
};

serve(
  {
    post: (response, transfer) => scope.postMessage(response, transfer),
    listen: (handler) => (scope.onmessage = (event) => handler(event.data)),
  },
  { openPhoto, openReduced, openFrame },
);
