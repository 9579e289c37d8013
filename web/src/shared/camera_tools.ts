import type { CameraStream } from './camera_stream';
import { WORDS } from './camera_words';
import { byId, find, setText } from './dom';

const TIMER_SECONDS = 3;

export interface ToolActions {
  /** When the timer has run out. */
  onTimer(): void;
  /** To the camera with this id. */
  onSwitch(device: string | undefined): void;
}

/** The buttons beside the shutter: timer, lamp, another camera. Each is there only where it can do something. */
export class CameraTools {
  private readonly timer = byId<HTMLButtonElement>('camera-timer');
  private readonly torch = byId<HTMLButtonElement>('camera-torch');
  private readonly another = byId<HTMLButtonElement>('camera-switch');
  private readonly count = byId('camera-count');
  private camera: CameraStream | null = null;
  private counting: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly actions: ToolActions) {
    this.torch.setAttribute('aria-label', WORDS.torch);
    setText(find(this.timer, 'span'), WORDS.timer);
    setText(find(this.another, 'span'), WORDS.switchCamera);
    this.timer.addEventListener('click', () => this.toggleTimer());
    this.torch.addEventListener('click', () => void this.toggleTorch());
    this.another.addEventListener('click', () => void this.switchCamera());
  }

  /** A phone is held in a hand that reaches the shutter: the timer is for laptops. */
  async offer(camera: CameraStream, hasTimer: boolean): Promise<void> {
    this.camera = camera;
    this.timer.hidden = !hasTimer;
    this.torch.hidden = !camera.hasLamp;
    const next = await camera.next().catch(() => undefined);
    if (this.camera === camera) this.another.hidden = next === undefined;
  }

  withdraw(): void {
    this.camera = null;
    this.stopTimer();
    for (const tool of [this.timer, this.torch, this.another]) tool.hidden = true;
    this.torch.setAttribute('aria-pressed', 'false');
  }

  private async switchCamera(): Promise<void> {
    this.actions.onSwitch(await this.camera?.next());
  }

  private async toggleTorch(): Promise<void> {
    const isOn = this.torch.getAttribute('aria-pressed') !== 'true';
    // A lamp that fails stays as it is; the camera goes on.
    await this.camera?.light(isOn).then(
      () => this.torch.setAttribute('aria-pressed', String(isOn)),
      () => undefined,
    );
  }

  private toggleTimer(): void {
    const isCounting = this.counting !== undefined;
    this.stopTimer();
    if (isCounting) return;
    let left = TIMER_SECONDS;
    this.count.hidden = false;
    setText(this.count, String(left));
    setText(find(this.timer, 'span'), WORDS.stopTimer);
    this.counting = setInterval(() => {
      left -= 1;
      setText(this.count, String(left));
      if (left > 0) return;
      this.stopTimer();
      this.actions.onTimer();
    }, 1000);
  }

  private stopTimer(): void {
    clearInterval(this.counting);
    this.counting = undefined;
    this.count.hidden = true;
    setText(find(this.timer, 'span'), WORDS.timer);
  }
}
