import { byId, create, setText } from './dom';

/** Milliseconds between words spoken: screen readers should finish a sentence. */
const SPEAK_EVERY = 2000;

/** Tells the user one thing at a time: written near the lens, and said to screen readers. */
export class CameraVoice {
  private readonly hint = byId('camera-hint');
  private readonly spoken = byId('camera-live');
  private said = '';
  private spokenAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Written at once; of what is said too soon after another only the latest is spoken. */
  say(text: string, arrow = ''): void {
    if (this.said === text + arrow) return;
    this.said = text + arrow;
    this.hint.replaceChildren(text);
    if (arrow) {
      const sign = create('span', 'camera-arrow', arrow);
      sign.setAttribute('aria-hidden', 'true');
      this.hint.append(' ', sign);
    }
    this.hush();
    const wait = Math.max(0, this.spokenAt + SPEAK_EVERY - performance.now());
    this.timer = setTimeout(() => this.speak(text), wait);
  }

  /** A second line below the command; none where the text is empty. */
  note(text: string): void {
    const note = byId('camera-note');
    note.hidden = text === '';
    setText(note, text);
  }

  /** To screen readers alone, at once. */
  speak(text: string): void {
    this.spokenAt = performance.now();
    setText(this.spoken, text);
  }

  /** What waits is not spoken any more. */
  hush(): void {
    clearTimeout(this.timer);
  }
}
