import type { EnrolledFace, Guide, GuideFault, GuideKind, GuideOptions, GuideStep } from 'visavis';
import { ViewFinder } from './camera_finder';
import { CameraStream, willAsk } from './camera_stream';
import { CameraTools } from './camera_tools';
import { CameraVoice } from './camera_voice';
import {
  ARROWS,
  cameraFailure,
  type CameraFailure,
  command,
  FAILURES,
  objection,
  WORDS,
} from './camera_words';
import { byId, create, setText } from './dom';

/** Of photos taken here. */
export const CAMERA_FILE_NAME = 'from the camera';

/** What the photo is for. */
export interface Shot {
  readonly title: string;
  /** Selfies are taken by the camera that looks at the user, all else by the other. */
  readonly kind: GuideKind;
  /** Without it there is the shutter alone. */
  guide?(video: HTMLVideoElement, options: GuideOptions): Promise<Guide<ImageBitmap>>;
  /** `enrolled` where its only face is known already. */
  onPhoto(file: File, enrolled: EnrolledFace | null): void;
}

/** Milliseconds: when the shutter works at the latest, and that a photo taken is shown. */
const SHUTTER_AFTER = 2000;
const SHOW_TAKEN = 350;

/** The dialog with the live picture and the shutter. Closing it, however that is done, stops the camera. */
export class CameraDialog {
  private readonly dialog = byId<HTMLDialogElement>('camera');
  private readonly finder = new ViewFinder();
  private readonly shutter = button('shutter');
  private readonly input = byId<HTMLInputElement>('camera-input');
  private readonly voice = new CameraVoice();
  private readonly tools = new CameraTools({
    onTimer: () => this.press(),
    onSwitch: (device) => void this.start(device),
  });
  private readonly explained = new Set<GuideKind>();
  private shot: Shot | null = null;
  private camera: CameraStream | null = null;
  private guide: Guide<ImageBitmap> | null = null;
  /** Ends with the camera: what is under way then leads nowhere. */
  private visit = new AbortController();

  constructor() {
    this.label();
    this.shutter.addEventListener('click', () => this.press());
    button('close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close(); // The backdrop.
    });
    this.dialog.addEventListener('close', () => this.stop());
    for (const name of ['allow', 'retry'])
      button(name).addEventListener('click', () => void this.start());
    button('file').addEventListener('click', () => this.input.click());
    this.input.addEventListener('change', () => this.takeFile());
    button('anyway').addEventListener('click', () => this.takeAnyway());
    button('not-yet').addEventListener('click', () => this.askAnyway(null));
  }

  async open(shot: Shot): Promise<void> {
    this.shot = shot;
    setText(byId('camera-title'), shot.title);
    this.finder.show(shot.kind, false);
    this.setState('starting');
    this.dialog.showModal();
    if (!navigator.mediaDevices?.getUserMedia) this.fail('insecure');
    else await this.explain(shot);
  }

  /** Once: where the browser will ask, and where another way is easier. */
  private async explain(shot: Shot): Promise<void> {
    const { kind } = shot;
    const isHard = kind === 'document' && isLaptop();
    const asks = await willAsk();
    if (!this.dialog.open || this.shot !== shot) return;
    if (this.explained.has(kind) || !(isHard || asks)) {
      await this.start();
      return;
    }
    this.explained.add(kind);
    setText(button('allow'), isHard ? WORDS.useCamera : WORDS.allow);
    button('allow').classList.toggle('quiet', isHard);
    const words = [isHard ? WORDS.easierWithAFile : '', asks ? WORDS.beforeAsking : ''];
    this.showPanel('asking', words.filter(Boolean), isHard ? ['file', 'allow'] : ['allow', 'file']);
  }

  private async start(device?: string): Promise<void> {
    const { shot } = this;
    if (!shot) return;
    this.stop();
    const { signal } = (this.visit = new AbortController());
    this.setState('starting');
    this.voice.say(WORDS.starting);
    try {
      const camera = await CameraStream.open(shot.kind, device);
      if (signal.aborted) {
        camera.stop(); // Closed while the browser was asking for permission.
        return;
      }
      await this.show(camera, shot, signal);
    } catch (error) {
      if (!signal.aborted) this.fail(cameraFailure(error));
    }
  }

  private async show(camera: CameraStream, shot: Shot, signal: AbortSignal): Promise<void> {
    this.camera = camera;
    camera.onEnded(() => !signal.aborted && this.fail('broken'));
    const isMirror = shot.kind === 'selfie' && !camera.looksAway;
    const { video } = this.finder;
    video.setAttribute('aria-label', isMirror ? WORDS.selfiePreview : WORDS.preview);
    video.srcObject = camera.stream;
    await video.play();
    if (signal.aborted) return;
    this.finder.show(shot.kind, isMirror);
    this.setState('live');
    this.voice.say(command(shot.kind, 'starting'));
    void this.tools.offer(camera, isLaptop());
    this.enableShutter(shot.guide ? SHUTTER_AFTER : 0, signal);
    void this.follow(shot, camera, isMirror, signal);
  }

  /** The shutter works even where guidance does not: the models may still be on their way. */
  private enableShutter(after: number, signal: AbortSignal): void {
    const enable = (): void => {
      if (signal.aborted) return;
      this.shutter.disabled = false;
      const focused = document.activeElement;
      const isIdle = !this.dialog.contains(focused) || focused?.matches('#camera, #camera-title');
      if (isIdle) this.shutter.focus();
    };
    if (after === 0) enable();
    else setTimeout(enable, after);
  }

  private async follow(
    shot: Shot,
    camera: CameraStream,
    isMirror: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      // Of a camera that looks at the user, the first face seen is the user's, not the document's.
      const automatic = shot.kind === 'selfie' || camera.looksAway;
      const { view, video } = this.finder;
      const guide = await shot.guide?.(video, { kind: shot.kind, automatic, view, signal });
      if (!guide || signal.aborted) return;
      this.guide = guide;
      for await (const step of guide) {
        if (signal.aborted) return;
        this.render(step, shot.kind, isMirror);
        const { captured, others } = step;
        if (captured) {
          // Of several faces the user is to see all.
          const enrolled = others.length === 0 ? captured.enrolled : null;
          await this.finish(captured.picture, enrolled);
          return;
        }
      }
    } catch (error) {
      this.guide = null;
      if (signal.aborted) return;
      const isCamera = (error as { code?: string }).code === 'unreadable-image';
      if (isCamera) this.fail('broken');
      else this.voice.say(command(shot.kind, 'press-when-ready'));
    }
  }

  private render(step: GuideStep<ImageBitmap>, kind: GuideKind, isMirror: boolean): void {
    const { hint, params, fault, progress } = step;
    this.finder.progress = progress;
    const { direction } = params;
    const isSideways = direction === 'left' || direction === 'right';
    const towards = isMirror && isSideways ? (direction === 'left' ? 'right' : 'left') : direction;
    this.voice.say(
      command(kind, hint),
      hint === 'move-to-middle' && towards ? ARROWS[towards] : '',
    );
    this.voice.note(hint === 'press-when-ready' ? noteOf(kind, fault) : '');
    if (fault === null) this.askAnyway(null);
  }

  private press(): void {
    const fault = this.guide ? this.guide.capture() : null;
    if (fault && fault.hint !== 'starting') this.askAnyway(fault);
    else if (fault || !this.guide) void this.takeUnguided();
  }

  /** Asks once whether a photo that something speaks against is to be taken. */
  private askAnyway(fault: GuideFault | null): void {
    const question = byId('camera-question');
    const hadFocus = question.contains(document.activeElement);
    question.hidden = fault === null;
    if (fault && this.shot) {
      setText(byId('camera-question-text'), objection(this.shot.kind, fault.hint));
      button('anyway').focus();
    } else if (hadFocus) {
      this.shutter.focus();
    }
  }

  private takeAnyway(): void {
    this.askAnyway(null);
    if (this.guide) this.guide.capture({ anyway: true });
    else void this.takeUnguided();
  }

  private async takeUnguided(): Promise<void> {
    const picture = await this.finder.snapshot().catch(() => null);
    if (picture) await this.finish(picture, null);
    else this.fail('broken');
  }

  private async finish(picture: ImageBitmap, enrolled: EnrolledFace | null): Promise<void> {
    const { signal } = this.visit;
    this.finder.progress = 1;
    this.finder.isTaken = true;
    this.askAnyway(null);
    navigator.vibrate?.(30);
    const file = await fileOf(picture);
    picture.close();
    await new Promise((resolve) => setTimeout(resolve, SHOW_TAKEN));
    if (signal.aborted) return;
    if (!file) {
      this.fail('broken');
      return;
    }
    this.dialog.close();
    this.shot?.onPhoto(file, enrolled);
  }

  private takeFile(): void {
    const [file] = this.input.files ?? [];
    this.input.value = ''; // So that the same file can be chosen again.
    if (!file) return;
    this.dialog.close();
    this.shot?.onPhoto(file, null);
  }

  private fail(failure: CameraFailure): void {
    this.stop();
    const { words, canRetry } = FAILURES[failure];
    this.showPanel(failure, [words], canRetry ? ['retry', 'file'] : ['file']);
  }

  /** Words in place of the picture, and the buttons that lead on, the first of which has the focus. */
  private showPanel(state: string, words: readonly string[], buttons: readonly string[]): void {
    this.setState(state);
    byId('camera-message').replaceChildren(...words.map((text) => create('p', '', text)));
    for (const name of ['allow', 'retry', 'file']) button(name).hidden = !buttons.includes(name);
    button('file').classList.toggle('quiet', buttons[0] !== 'file');
    this.voice.speak(words.join(' '));
    button(buttons[0] ?? 'file').focus();
  }

  private setState(state: string): void {
    this.dialog.dataset['state'] = state;
    byId('camera-panel').hidden = state === 'starting' || state === 'live';
    byId('camera-viewfinder').hidden = byId('camera-controls').hidden = !(
      state === 'starting' || state === 'live'
    );
  }

  private stop(): void {
    this.visit.abort();
    this.guide = null;
    this.shutter.disabled = true;
    this.tools.withdraw();
    this.voice.hush();
    this.askAnyway(null);
    this.finder.progress = 0;
    this.finder.isTaken = false;
    this.voice.note('');
    this.finder.video.srcObject = null;
    this.camera?.stop();
    this.camera = null;
  }

  private label(): void {
    button('close').setAttribute('aria-label', WORDS.close);
    this.shutter.setAttribute('aria-label', WORDS.shutter);
    setText(button('anyway'), WORDS.takeItAnyway);
    setText(button('not-yet'), WORDS.notYet);
    setText(button('retry'), WORDS.tryAgain);
    setText(button('file'), WORDS.chooseFile);
  }
}

/** What else to see to before the button is pressed. */
function noteOf(kind: GuideKind, fault: GuideFault | null): string {
  if (fault !== null) return command(kind, fault.hint);
  // A face is seen: whether it is on a page the camera cannot tell.
  return kind === 'document' ? command(kind, 'not-in-view') : '';
}

function button(name: string): HTMLButtonElement {
  return byId<HTMLButtonElement>(`camera-${name}`);
}

function isLaptop(): boolean {
  return matchMedia('(hover: hover) and (pointer: fine)').matches;
}

async function fileOf(picture: ImageBitmap): Promise<File | null> {
  const canvas = create('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, 'image/jpeg', 0.95),
  );
  return blob && new File([blob], CAMERA_FILE_NAME, { type: blob.type });
}
