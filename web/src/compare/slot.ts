import { CAMERA_FILE_NAME } from '../shared/camera';
import { FITNESS, WORDS } from '../shared/camera_words';
import { byId, create, find, setText } from '../shared/dom';
import { engrave, PASSPORT_POSE, SELFIE_POSE } from '../shared/engraving';
import { listenToPicker } from '../shared/intake';
import { DOUBTFUL_CONFIDENCE, DOUBTFUL_FACE, type Problem, severalFaces } from '../shared/messages';
import { showProblem } from '../shared/problem_view';
import { drawOverlay } from './overlay';
import type { Session } from './session';
import { type Entry, SLOT_NAMES, type SlotName, type State } from './state';

/** One of the two places for a photo: its drawing while empty, the photo with its faces after. */
export class SlotView {
  readonly root: HTMLElement;
  private readonly photo: HTMLElement;
  private readonly image: HTMLImageElement;
  private shown: { entry: Entry | null; refused: Problem | null } | null = null;

  constructor(
    private readonly name: SlotName,
    private readonly session: Session,
    openCamera: () => void,
  ) {
    const template = byId<HTMLTemplateElement>('slot-template');
    const copy = template.content.cloneNode(true) as DocumentFragment;
    this.root = find(copy, '.slot');
    this.photo = find(this.root, '.photo');
    this.image = find<HTMLImageElement>(this.root, 'img');
    this.label();
    this.engrave();
    this.connect(openCamera);
  }

  render(state: State): void {
    const entry = state[this.name];
    const refused = state.refused[this.name];
    if (this.shown && this.shown.entry === entry && this.shown.refused === refused) return;
    this.shown = { entry, refused };
    this.root.dataset['state'] = entry?.phase ?? 'empty';
    setText(
      find(this.root, '.slot-status'),
      entry?.phase === 'working' ? 'Looking for a face…' : '',
    );
    const choose = find(this.root, '.choose');
    setText(choose, entry ? 'Replace' : 'Choose photo');
    choose.classList.toggle('quiet', entry !== null);
    const isFromCamera = entry?.file.name === CAMERA_FILE_NAME;
    setText(find(this.root, '.camera'), isFromCamera ? WORDS.takeAgain : 'Camera');
    find(this.root, '.remove').hidden = !entry;
    this.renderPhoto(entry);
    showProblem(find(this.root, '.problem'), refused ?? entry?.problem ?? null);
    this.renderHints(entry);
  }

  private renderPhoto(entry: Entry | null): void {
    // Only a photo that was read is shown: a hostile file should not be decoded a second time.
    const sighting = entry?.sighting ?? null;
    this.photo.hidden = !sighting;
    if (!entry || !sighting) {
      this.image.removeAttribute('src');
      return;
    }
    if (this.image.src !== entry.url) this.image.src = entry.url;
    this.image.alt = `${SLOT_NAMES[this.name]}: ${entry.file.name}`;
    this.photo.style.setProperty('--ratio', String(sighting.width / sighting.height));
    drawOverlay(this.photo, entry, (index) => this.session.choose(this.name, index));
  }

  private renderHints(entry: Entry | null): void {
    const issues = entry?.enrolled?.quality.issues.map((issue) => issue.message) ?? [];
    const count = entry?.sighting?.faces.length ?? 0;
    const several = count > 1 ? [severalFaces(count)] : [];
    const confidence = entry?.enrolled?.face.confidence ?? 1;
    const doubtful = confidence < DOUBTFUL_CONFIDENCE ? [DOUBTFUL_FACE] : [];
    const hints = [...several, ...doubtful, ...issues];
    const fitness = find(this.root, '.fitness');
    fitness.hidden = !entry?.enrolled;
    const isGood = doubtful.length + issues.length === 0;
    fitness.classList.toggle('is-good', isGood);
    setText(find(fitness, 'span'), isGood ? FITNESS.good : FITNESS.usable);
    const list = find(this.root, '.hints');
    list.hidden = hints.length === 0;
    list.replaceChildren(...hints.map((hint) => create('li', '', hint)));
  }

  private label(): void {
    const title = find(this.root, 'h2');
    title.id = `${this.name}-title`;
    title.textContent = SLOT_NAMES[this.name];
    this.root.id = this.name;
    this.root.setAttribute('aria-labelledby', title.id);
    find(this.root, '.remove').setAttribute('aria-label', 'Remove');
    for (const action of ['choose', 'camera', 'remove']) {
      const button = find(this.root, `.${action}`);
      button.id = `${this.name}-${action}`;
      // "Choose photo, Passport photo": the visible words first, for those who speak to their machine.
      button.setAttribute('aria-labelledby', `${button.id} ${title.id}`);
    }
  }

  private engrave(): void {
    const pose = this.name === 'passport' ? PASSPORT_POSE : SELFIE_POSE;
    find(this.root, '.engraving path').setAttribute('d', engrave(pose, 400, 500));
  }

  private connect(openCamera: () => void): void {
    const input = find<HTMLInputElement>(this.root, 'input');
    find(this.root, '.choose').addEventListener('click', () => input.click());
    find(this.root, '.stage').addEventListener('click', () => {
      if (this.root.dataset['state'] === 'empty') input.click();
    });
    find(this.root, '.camera').addEventListener('click', openCamera);
    find(this.root, '.remove').addEventListener('click', () => {
      this.session.clear(this.name);
      find(this.root, '.choose').focus();
    });
    listenToPicker(input, ([file]) => file && this.session.add(this.name, file));
  }
}
