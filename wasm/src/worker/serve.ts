import { cancelled } from '../shared/cancel.js';
import { ClassifierEngine } from './classifier_engine.js';
import { Engine, TooFewPixels } from './engine.js';
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

/** How a platform decodes. */
export interface Openers {
  readonly openPhoto: Open<SentPhoto>;
  /** The photo scaled down to this share of its sides or more, with `scaledFrom`, where that is much faster. */
  readonly openReduced?: (photo: SentPhoto, share: number) => Promise<RowSource | undefined>;
  /** Of a live view. */
  readonly openFrame: Open<SentFrame>;
}

/** Answers requests until the worker is ended. */
export function serve(port: Port, openers: Openers): void {
  const server = new Server(openers);
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

/** Opens a frame and lends it; one that is no longer wanted is dropped between decoding and computing. */
type WithFrame = <Result>(
  frame: SentFrame,
  use: (frame: RowSource) => Promise<Result>,
) => Promise<Result>;

/** Likewise; with `reduced` at a lower resolution first, where that is at hand, and whole where it shows too little. */
type WithPhoto = <Result>(
  photo: SentPhoto,
  whole: (photo: RowSource) => Promise<Result>,
  reduced?: (photo: RowSource) => Promise<Result | TooFewPixels>,
) => Promise<Result>;

class Server {
  private readonly verifier = new VerifierServer();
  private readonly classifier = new ClassifierServer();

  constructor(private readonly openers: Openers) {}

  async answer(call: VisavisCall | ClassifierCall, unwanted: () => boolean): Promise<unknown> {
    const { openPhoto, openReduced, openFrame } = this.openers;
    const withPhoto: WithPhoto = async (photo, whole, reduced) => {
      requireWanted(photo, unwanted);
      for (let share = 0; reduced !== undefined && share < 1;) {
        const small = await openReduced?.(photo, share);
        if (small === undefined) break;
        const result = await lend(small, unwanted, reduced);
        if (!(result instanceof TooFewPixels)) return result;
        share = result.share;
      }
      return lend(await openPhoto(photo), unwanted, whole);
    };
    const withFrame: WithFrame = async (frame, use) => {
      requireWanted(frame, unwanted);
      return lend(await openFrame(frame), unwanted, use);
    };
    return isClassifierCall(call)
      ? this.classifier.answer(call, withPhoto)
      : this.verifier.answer(call, withPhoto, withFrame);
  }
}

function requireWanted(sent: SentFrame, unwanted: () => boolean): void {
  if (!unwanted()) return;
  if ('close' in sent) sent.close(); // A camera waits for its frames to come back.
  throw cancelled();
}

async function lend<Result>(
  photo: RowSource,
  unwanted: () => boolean,
  use: (photo: RowSource) => Promise<Result>,
): Promise<Result> {
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

  async answer(call: VisavisCall, withPhoto: WithPhoto, withFrame: WithFrame): Promise<unknown> {
    if (call.name === 'start') return this.start(...call.args);
    const engine = started(this.engine);
    switch (call.name) {
      case 'detect':
        return withPhoto(
          call.args[0],
          async (photo) => ({
            width: photo.width,
            height: photo.height,
            faces: await engine.detect(photo),
          }),
          (photo) => engine.detectReduced(photo),
        );
      case 'track':
        return withFrame(call.args[0], (frame) => engine.track(frame, call.args[1]));
      case 'enrol':
        return withPhoto(
          call.args[0],
          (photo) => engine.enrol(photo, call.args[1]),
          (photo) => engine.enrolReduced(photo, call.args[1]),
        );
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

  async answer(call: ClassifierCall, withPhoto: WithPhoto): Promise<unknown> {
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
