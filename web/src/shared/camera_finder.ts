import type { GuideKind } from 'visavis';
import { aimOf, outlineOf, pageOf, viewOf } from './camera_aim';
import { byId, find } from './dom';

/** The live picture, with the oval or the frame that stands out of a veil over it. */
export class ViewFinder {
  readonly video = byId<HTMLVideoElement>('camera-video');
  private readonly root = byId('camera-viewfinder');
  private readonly aim = byId<SVGSVGElement>('camera-aim');
  private kind: GuideKind = 'selfie';

  constructor() {
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  show(kind: GuideKind, isMirror: boolean): void {
    this.kind = kind;
    this.root.dataset['kind'] = kind;
    this.root.classList.toggle('is-mirrored', isMirror);
    this.draw();
  }

  /** 0..1 of the ring is green. */
  set progress(share: number) {
    this.part('progress').style.strokeDasharray = `${share} 1`;
    this.root.classList.toggle('is-holding', share > 0);
  }

  set isTaken(isTaken: boolean) {
    this.root.classList.toggle('is-taken', isTaken);
  }

  /** The part of the video that is taken, in shares of it. */
  view = () => viewOf(this.kind, this.videoSize, this.size);

  /** What is seen now, as others see it: only the preview is a mirror. */
  async snapshot(): Promise<ImageBitmap> {
    const { left, top, width, height } = this.view();
    const { width: w, height: h } = this.videoSize;
    return createImageBitmap(this.video, left * w, top * h, width * w, height * h);
  }

  private get size() {
    return { width: this.root.clientWidth, height: this.root.clientHeight };
  }

  private get videoSize() {
    return { width: this.video.videoWidth, height: this.video.videoHeight };
  }

  private draw(): void {
    const { width, height } = this.size;
    const aim = aimOf(this.kind, { width, height });
    const outline = outlineOf(this.kind, aim);
    this.aim.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.part('veil').setAttribute('d', `M0 0H${width}V${height}H0z${outline}`);
    for (const name of ['edge', 'ring', 'progress']) this.part(name).setAttribute('d', outline);
    this.part('page').setAttribute('d', this.kind === 'document' ? pageOf(aim) : '');
  }

  private part(name: string): SVGPathElement {
    return find<SVGPathElement>(this.aim, `.aim-${name}`);
  }
}
