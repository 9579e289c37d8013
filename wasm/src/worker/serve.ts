import { cancelled } from '../shared/cancel.js';
import { ClassifierEngine } from './classifier_engine.js';
import { Engine } from './engine.js';
import { VisavisError } from '../shared/errors.js';
import type {
  Calls,
  ClassifierCall,
  Request,
  Response,
  SentFrame,
  SentPhoto,
  VisavisCall,
} from '../shared/protocol.js';
import { requireImageSize } from './image_file.js';
import type { RowSource } from '../shared/rows.js';
import { startModule } from './start_module.js';

/** The worker's end of the line to the client. */
export interface Port {
  post(response: Response, transfer: ArrayBuffer[]): void;
  listen(handler: (request: Request) => void): void;
}

type Open<Sent> = (photo: Sent) => Promise<RowSource>;

/** Answers requests until the worker is ended. Photos and frames of a live view are decoded by these. */
export function serve(port: Port, openPhoto: Open<SentPhoto>, openFrame: Open<SentFrame>): void {
  const server = new Server(openPhoto, openFrame);
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

/** Opens a photo and lends it; one that is no longer wanted is dropped between decoding and computing. */
type With<Sent> = <Result>(
  photo: Sent,
  use: (photo: RowSource) => Promise<Result>,
) => Promise<Result>;

class Server {
  private readonly verifier = new VerifierServer();
  private readonly classifier = new ClassifierServer();

  constructor(
    private readonly openPhoto: Open<SentPhoto>,
    private readonly openFrame: Open<SentFrame>,
  ) {}

  async answer(call: VisavisCall | ClassifierCall, unwanted: () => boolean): Promise<unknown> {
    const withPhoto: With<SentPhoto> = (photo, use) => lend(photo, this.openPhoto, unwanted, use);
    const withFrame: With<SentFrame> = (frame, use) => lend(frame, this.openFrame, unwanted, use);
    return isClassifierCall(call)
      ? this.classifier.answer(call, withPhoto)
      : this.verifier.answer(call, withPhoto, withFrame);
  }
}

async function lend<Sent extends SentFrame, Result>(
  sent: Sent,
  open: Open<Sent>,
  unwanted: () => boolean,
  use: (photo: RowSource) => Promise<Result>,
): Promise<Result> {
  if (unwanted()) {
    if ('close' in sent) sent.close(); // A camera waits for its frames to come back.
    throw cancelled();
  }
  const photo = await open(sent);
  try {
    if (unwanted()) throw cancelled();
    requireImageSize(photo.width, photo.height);
    return await use(photo);
  } finally {
    photo.close();
  }
}

class VerifierServer {
  private engine: Engine | undefined;

  async answer(
    call: VisavisCall,
    withPhoto: With<SentPhoto>,
    withFrame: With<SentFrame>,
  ): Promise<unknown> {
    if (call.name === 'start') return this.start(...call.args);
    const engine = started(this.engine);
    switch (call.name) {
      case 'detect':
        return withPhoto(call.args[0], async (photo) => ({
          width: photo.width,
          height: photo.height,
          faces: await engine.detect(photo),
        }));
      case 'track':
        return withFrame(call.args[0], (frame) => engine.track(frame, call.args[1]));
      case 'enrol':
        return withPhoto(call.args[0], (photo) => engine.enrol(photo, call.args[1]));
      case 'verify': {
        const [reference, probe, { fmr, threshold }] = call.args;
        return engine.verify(
          reference,
          probe,
          fmr === undefined ? threshold : engine.thresholdAtFmr(fmr),
        );
      }
      case 'decide':
        return engine.decide(...call.args);
      case 'rates':
        return engine.rates(...call.args);
      case 'thresholdAtFmr':
        return engine.thresholdAtFmr(...call.args);
    }
  }

  private async start(
    ...[wasm, models]: Parameters<Calls['start']>
  ): Promise<ReturnType<Calls['start']>> {
    const module = await startModule(wasm);
    this.engine = Engine.create(module, models);
    return { model: this.engine.model, calibration: this.engine.calibration() };
  }
}

const CLASSIFIER_CALLS: Record<ClassifierCall['name'], true> = {
  startClassifier: true,
  read: true,
  addExample: true,
  removeExample: true,
  removeClass: true,
  classify: true,
  exportSupport: true,
  importSupport: true,
};

function isClassifierCall(call: VisavisCall | ClassifierCall): call is ClassifierCall {
  return call.name in CLASSIFIER_CALLS;
}

class ClassifierServer {
  private engine: ClassifierEngine | undefined;

  async answer(call: ClassifierCall, withPhoto: With<SentPhoto>): Promise<unknown> {
    if (call.name === 'startClassifier') return this.start(...call.args);
    const engine = started(this.engine);
    switch (call.name) {
      case 'read':
        return withPhoto(call.args[0], (image) => engine.read(image, call.args[1]));
      case 'addExample':
        return engine.addExample(...call.args);
      case 'removeExample':
        return engine.removeExample(...call.args);
      case 'removeClass':
        return engine.removeClass(...call.args);
      case 'classify':
        return engine.classify(...call.args);
      case 'exportSupport':
        return engine.exportSupport();
      case 'importSupport':
        return engine.importSupport(...call.args);
    }
  }

  private async start(
    ...[wasm, subject, models, fmr]: Parameters<Calls['startClassifier']>
  ): Promise<ReturnType<Calls['startClassifier']>> {
    const module = await startModule(wasm);
    const engine = ClassifierEngine.create(module, subject, models);
    this.engine = engine;
    return { model: engine.model, rejectionDistance: engine.rejectionDistance(fmr) };
  }
}

function started<Started>(engine: Started | undefined): Started {
  if (engine === undefined) throw new VisavisError('internal', 'The worker was not started.');
  return engine;
}

function plain(error: unknown): { code: VisavisError['code']; message: string } {
  if (error instanceof VisavisError) return { code: error.code, message: error.message };
  return { code: 'internal', message: `Unexpected in the worker: ${String(error)}` };
}
