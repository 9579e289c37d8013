import type { GuideKind } from 'visavis';

/** TypeScript's DOM does not know the lamp of a phone. */
interface LampCapabilities extends MediaTrackCapabilities {
  readonly torch?: boolean;
}

/** An open camera. */
export class CameraStream {
  private constructor(
    readonly stream: MediaStream,
    private readonly track: MediaStreamTrack,
  ) {}

  /** Rejects as getUserMedia does. `device` undefined: the one that looks at the user for a selfie, else the other. */
  static async open(kind: GuideKind, device: string | undefined): Promise<CameraStream> {
    const which = device
      ? { deviceId: { exact: device } }
      : { facingMode: kind === 'document' ? 'environment' : 'user' };
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { ...which, width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
    const [track] = stream.getVideoTracks();
    if (!track) throw new DOMException('no video track', 'NotFoundError');
    return new CameraStream(stream, track);
  }

  /** Whether it looks away from the user; laptops do not say. */
  get looksAway(): boolean {
    return this.track.getSettings().facingMode === 'environment';
  }

  get hasLamp(): boolean {
    const capabilities = this.track.getCapabilities?.() as LampCapabilities | undefined;
    return capabilities?.torch === true;
  }

  async light(isOn: boolean): Promise<void> {
    const lit = { torch: isOn } as MediaTrackConstraintSet;
    await this.track.applyConstraints({ advanced: [lit] });
  }

  /** When it is unplugged or taken away. */
  onEnded(task: () => void): void {
    this.track.addEventListener('ended', task);
  }

  /** The camera after this one; undefined where it is the only one. */
  async next(): Promise<string | undefined> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === 'videoinput').map((one) => one.deviceId);
    const place = cameras.indexOf(this.track.getSettings().deviceId ?? '');
    return cameras.length > 1 ? cameras[(place + 1) % cameras.length] : undefined;
  }

  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** Whether the browser will ask the user first, as far as it says. */
export async function willAsk(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' as PermissionName });
    return state === 'prompt';
  } catch {
    return true;
  }
}
