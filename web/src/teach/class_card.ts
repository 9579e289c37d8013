import { announce } from '../shared/announcer';
import { byId, create, find } from '../shared/dom';
import { drawPixels } from '../shared/pixels_view';
import { showProblem } from '../shared/problem_view';
import { drawCharacter } from './draw_character';
import type { Lesson } from './lesson';
import { SheetView } from './sheet';
import { type Example, MAX_EXAMPLES, MAX_NAME_LENGTH, type TaughtClass } from './state';
import { exampleCount } from './words';

/** One class: its name, a sheet for the next example, and those it has. */
export class ClassCard {
  readonly root: HTMLElement;
  private readonly name: HTMLInputElement;
  private readonly sheet: SheetView;
  private shown: TaughtClass | null = null;

  constructor(
    private readonly id: string,
    private readonly lesson: Lesson,
    openCamera: (title: string, onPhoto: (file: File) => void) => void,
    onRemoved: () => void,
  ) {
    const copy = byId<HTMLTemplateElement>('card-template').content.cloneNode(
      true,
    ) as DocumentFragment;
    this.root = find(copy, '.card');
    this.root.dataset['class'] = id;
    this.name = find<HTMLInputElement>(this.root, '.card-name');
    this.name.maxLength = MAX_NAME_LENGTH;
    this.sheet = new SheetView(find(this.root, '.sheet'), find(this.root, '.actions'), {
      onAdd: () => this.addDrawing(),
      onFiles: (files) => lesson.addExamples(id, files),
      openCamera: () => openCamera(this.name.value, (file) => lesson.addExamples(id, [file])),
    });
    this.name.addEventListener('change', () => {
      lesson.rename(id, this.name.value);
      this.name.value = this.shown?.name ?? '';
    });
    this.name.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.name.blur();
    });
    find(this.root, '.remove').addEventListener('click', () => {
      lesson.removeClass(id);
      onRemoved();
    });
  }

  focusName(): void {
    this.name.focus();
    this.name.select();
  }

  render(entry: TaughtClass): void {
    if (this.shown === entry) return;
    const before = this.shown;
    this.shown = entry;
    const { name, examples, problem } = entry;
    if (before?.name !== name) this.label(name);
    this.sheet.render(
      this.lesson.subject,
      name,
      examples.some((example) => !example.thumbnail),
    );
    if (before?.examples !== examples) this.renderExamples(entry, before);
    if (before?.problem !== problem) showProblem(find(this.root, '.problem'), problem);
  }

  private label(name: string): void {
    this.name.value = name;
    this.name.setAttribute('aria-label', `Name of this class`);
    this.root.setAttribute('aria-label', name);
    find(this.root, '.remove').setAttribute('aria-label', `Remove ${name}`);
  }

  private addDrawing(): void {
    const isFull = (this.shown?.examples.length ?? 0) >= MAX_EXAMPLES;
    this.lesson.addExamples(this.id, [drawCharacter(this.sheet.pad.drawing)]);
    if (!isFull) this.sheet.wipe();
  }

  private renderExamples({ name, examples }: TaughtClass, before: TaughtClass | null): void {
    const list = find(this.root, '.examples');
    const focusedPlace = [...list.querySelectorAll('button')].indexOf(
      document.activeElement as HTMLButtonElement,
    );
    const items = Array.from({ length: MAX_EXAMPLES }, (_, place) =>
      this.item(name, examples[place], place),
    );
    list.replaceChildren(...items);
    list.setAttribute('aria-label', exampleCount(examples.length));
    this.root.dataset['examples'] = String(examples.length);
    if (focusedPlace >= 0)
      (
        list.querySelectorAll('button')[Math.min(focusedPlace, examples.length - 1)] ?? this.name
      ).focus();
    const ready = (of: TaughtClass | null): number =>
      of?.examples.filter((example) => example.thumbnail).length ?? 0;
    if (before && ready(before) !== examples.filter((example) => example.thumbnail).length) {
      announce(`${name}: ${exampleCount(examples.length)}`);
    }
  }

  private item(name: string, example: Example | undefined, place: number): HTMLLIElement {
    const item = create('li', 'example');
    if (!example) {
      item.setAttribute('aria-hidden', 'true');
      return item;
    }
    const button = create('button', example.thumbnail ? 'thumb' : 'thumb is-working');
    button.type = 'button';
    button.setAttribute('aria-label', `Remove example ${place + 1} of ${name}`);
    if (example.thumbnail) {
      const canvas = create('canvas');
      drawPixels(canvas, example.thumbnail);
      button.append(canvas);
    }
    button.addEventListener('click', () => this.lesson.removeExample(this.id, example.id));
    item.append(button);
    return item;
  }
}
