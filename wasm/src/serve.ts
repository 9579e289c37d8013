import createModule from './visavis.mjs';

import { cancelled } from './cancel.js';
import { Engine, type ModelFiles } from './engine.js';
import { VisavisError } from './errors.js';
import type { Calls, Request, Response, SentPhoto } from './protocol.js';
import { requireImageSize } from './image_file.js';
import type { RowSource } from './rows.js';

/** The worker's end of the line to the client. */
export interface Port {
  post(response: Response, transfer: ArrayBuffer[]): void;
  listen(handler: (request: Request) => void): void;
}

type Open = (photo: SentPhoto) => Promise<RowSource>;

/** Answers requests until the worker is ended. Photos are decoded by `open`. */
export function serve(port: Port, open: Open): void {
  const server = new Server(open);
  const unwanted = new Map<number, boolean>();
  port.listen((request) => {
    if ('cancel' in request) {
      if (unwanted.has(request.cancel)) unwanted.set(request.cancel, true);
      return;
    }
    const { id } = request;
    unwanted.set(id, false);
    server
      .answer(request, () => unwanted.get(id) === true)
      .then(
        (result) => port.post({ id, result }, []),
        (error: unknown) => port.post({ id, error: plain(error) }, []),
      )
      .finally(() => unwanted.delete(id));
  });
}

class Server {
  private engine: Engine | undefined;

  constructor(private readonly open: Open) {}

  async answer(
    request: Exclude<Request, { cancel: number }>,
    unwanted: () => boolean,
  ): Promise<ReturnType<Calls[keyof Calls]>> {
    if (request.name === 'start') return this.start(...request.args);
    const engine = this.engine;
    if (engine === undefined) throw new VisavisError('internal', 'The worker was not started.');
    switch (request.name) {
      case 'detect':
        return this.withPhoto(request.args[0], unwanted, (photo) => ({
          width: photo.width,
          height: photo.height,
          faces: engine.detect(photo),
        }));
      case 'enrol':
        return this.withPhoto(request.args[0], unwanted, (photo) =>
          engine.enrol(photo, request.args[1]),
        );
      case 'verify': {
        const [reference, probe, { fmr, threshold }] = request.args;
        return engine.verify(
          reference,
          probe,
          fmr === undefined ? threshold : engine.thresholdAtFmr(fmr),
        );
      }
      case 'rates':
        return engine.rates(...request.args);
      case 'thresholdAtFmr':
        return engine.thresholdAtFmr(...request.args);
    }
  }

  private async start(wasm: Uint8Array, models: ModelFiles): Promise<ReturnType<Calls['start']>> {
    const module = await createModule({ wasmBinary: wasm });
    this.engine = Engine.create(module, models);
    return { model: this.engine.model, calibration: this.engine.calibration() };
  }

  /** Between decoding and computing is where a cancelled photo is dropped. */
  private async withPhoto<Result>(
    sent: SentPhoto,
    unwanted: () => boolean,
    use: (photo: RowSource) => Result,
  ): Promise<Result> {
    if (unwanted()) throw cancelled();
    const photo = await this.open(sent);
    try {
      if (unwanted()) throw cancelled();
      requireImageSize(photo.width, photo.height);
      return use(photo);
    } finally {
      photo.close();
    }
  }
}

function plain(error: unknown): { code: VisavisError['code']; message: string } {
  if (error instanceof VisavisError) return { code: error.code, message: error.message };
  return { code: 'internal', message: `Unexpected in the worker: ${String(error)}` };
}
