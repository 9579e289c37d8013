import { byId, find, setText } from './dom';
import { CAMERA_MESSAGES, cameraFailure } from './messages';

/** What the photo is for. */
export interface Shot {
  readonly title: string;
  /** Selfies are taken by the camera that looks at the user, all else by the other. */
  readonly facing: 'environment' | 'user';
  onPhoto(file: File): void;
}

/** The dialog with the live picture and the shutter. Closing it, however that is done, stops the camera. */
export class CameraDialog {
  private readonly dialog = byId<HTMLDialogElement>('camera');
  private readonly video = byId<HTMLVideoElement>('camera-video');
  private readonly viewfinder = find(this.dialog, '.viewfinder');
  private readonly message = byId('camera-message');
  private readonly shutter = byId<HTMLButtonElement>('camera-shutter');
  private stream: MediaStream | null = null;
  private shot: Shot | null = null;

  constructor() {
    this.shutter.addEventListener('click', () => void this.shoot());
    byId('camera-close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close(); // The backdrop.
    });
    this.dialog.addEventListener('close', () => this.stop());
  }

  async open(shot: Shot): Promise<void> {
    this.shot = shot;
    setText(byId('camera-title'), shot.title);
    this.tell('Starting the camera…');
    this.dialog.showModal();
    if (!navigator.mediaDevices?.getUserMedia) {
      this.tell(CAMERA_MESSAGES.insecure);
      return;
    }
    try {
      await this.start(shot);
    } catch (error) {
      this.stop();
      this.tell(CAMERA_MESSAGES[cameraFailure(error)]);
    }
  }

  private async start(shot: Shot): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: shot.facing, width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
    if (!this.dialog.open || this.shot !== shot) {
      stop(stream); // Closed while the browser was asking for permission.
      return;
    }
    this.stop();
    this.stream = stream;
    const facing = stream.getVideoTracks()[0]?.getSettings().facingMode;
    this.dialog.classList.toggle('is-mirrored', facing !== 'environment');
    this.video.srcObject = stream;
    await this.video.play();
    this.viewfinder.style.aspectRatio = `${this.video.videoWidth} / ${this.video.videoHeight}`;
    this.tell('');
    this.shutter.disabled = false;
    this.shutter.focus();
  }

  /** The picture as others see it: only the preview is a mirror. */
  private async shoot(): Promise<void> {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(this.video, 0, 0);
    const blob = await new Promise<Blob | null>((resolve) =>
      canvas.toBlob(resolve, 'image/jpeg', 0.95),
    );
    if (!blob) {
      this.tell(CAMERA_MESSAGES.broken);
      return;
    }
    this.dialog.close();
    this.shot?.onPhoto(new File([blob], 'from the camera', { type: blob.type }));
  }

  private tell(text: string): void {
    setText(this.message, text);
  }

  private stop(): void {
    this.shutter.disabled = true;
    this.video.srcObject = null;
    if (this.stream) stop(this.stream);
    this.stream = null;
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
