import { announce } from '../shared/announcer';
import { byId, create, find, setText } from '../shared/dom';
import { drawPixels } from '../shared/pixels_view';
import { showProblem } from '../shared/problem_view';
import { drawCharacter } from './draw_character';
import type { Lesson } from './lesson';
import { SheetView } from './sheet';
import { type LessonState, taught } from './state';
import { lessonWords, nameOf, percent } from './words';

/** Strokes follow each other closely; screen readers hear what is left standing. */
const ANNOUNCE_AFTER = 700;

/** The sheet for what is to be recognised, and how probable each class is. */
export class TrialView {
  private readonly stage = byId('query');
  private readonly seen = find<HTMLCanvasElement>(this.stage, '.seen');
  private readonly sheet: SheetView;
  private shown: LessonState | null = null;
  private lesson: Lesson | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(openCamera: (title: string, onPhoto: (file: File) => void) => void) {
    this.sheet = new SheetView(this.stage, byId('query-actions'), {
      onStroke: (strokes) => {
        if (strokes.length > 0) this.lesson?.tryOut(drawCharacter(strokes));
        else this.lesson?.forgetQuery();
      },
      onFiles: (files) => this.take(files),
      openCamera: () => openCamera('Who is it?', (file) => this.take([file])),
    });
  }

  /** One picture at a time. */
  take(files: readonly File[]): void {
    const [file] = files;
    if (!file) return;
    this.sheet.wipe();
    this.lesson?.tryOut(file);
  }

  render(lesson: Lesson, state: LessonState): void {
    if (this.lesson !== lesson) this.shown = null;
    this.lesson = lesson;
    const before = this.shown;
    if (before === state) return;
    this.shown = state;
    const { query, answer, classes } = state;
    const words = lessonWords(lesson.subject, state);
    setText(byId('headline'), words.headline);
    setText(byId('lead'), words.lead);
    document.body.dataset['verdict'] = !answer
      ? 'none'
      : answer.isNoneOfThese
        ? 'different'
        : 'match';
    this.sheet.render(
      lesson.subject,
      'to be recognised',
      query !== null && !query.image && !query.problem,
    );
    if (before?.query !== query) this.renderQuery(state);
    if (before?.answer !== answer || before?.classes !== classes) this.renderBars(state);
    if (answer && before?.answer !== answer) this.announceSoon(`${words.headline}. ${words.lead}`);
  }

  private renderQuery({ query }: LessonState): void {
    const image = query && !query.isDrawing ? query.image : null;
    if (!query && this.sheet.pad.drawing.length > 0) this.sheet.wipe();
    this.seen.hidden = !image;
    if (image) {
      drawPixels(this.seen, image.crop);
      this.seen.setAttribute('aria-label', 'The picture as the network saw it');
    }
    this.stage.classList.toggle('has-picture', image !== null);
    showProblem(byId('query-problem'), query?.problem ?? null);
  }

  private renderBars({ answer, classes }: LessonState): void {
    const list = byId('bars');
    list.hidden = !answer;
    if (!answer) return;
    const best = answer.isNoneOfThese ? undefined : answer.ranking[0]?.name;
    const shares = new Map(answer.ranking.map(({ name, probability }) => [name, probability]));
    const rows = taught(classes).map(({ id }) =>
      bar(nameOf(classes, id), shares.get(id) ?? 0, id === best),
    );
    if (answer.isNoneOfThese) rows.push(noneOfThese());
    list.classList.toggle('is-rejected', answer.isNoneOfThese);
    update(list, rows);
  }

  private announceSoon(text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => announce(text), ANNOUNCE_AFTER);
  }
}

function bar(name: string, share: number, isBest: boolean): HTMLLIElement {
  const row = create('li', isBest ? 'bar is-best' : 'bar');
  const track = create('span', 'bar-track');
  const fill = create('span', 'bar-fill');
  fill.style.width = `${(100 * share).toFixed(1)}%`;
  track.append(fill);
  row.append(create('span', 'bar-name', name), track, create('span', 'bar-share', percent(share)));
  return row;
}

function noneOfThese(): HTMLLIElement {
  const row = create('li', 'bar is-best is-none');
  row.append(create('span', 'bar-name', 'None of these'));
  return row;
}

/** Keeps the rows that are there, so that their bars glide. */
function update(list: HTMLElement, rows: readonly HTMLLIElement[]): void {
  const there = [...list.children];
  rows.forEach((row, i) => {
    const old = there[i];
    const [from, to] = [
      old?.querySelector<HTMLElement>('.bar-fill'),
      row.querySelector<HTMLElement>('.bar-fill'),
    ];
    if (!old || !from || !to) {
      if (old) old.replaceWith(row);
      else list.append(row);
      return;
    }
    old.className = row.className;
    from.style.width = to.style.width;
    for (const part of ['.bar-name', '.bar-share'])
      setText(find(old, part), find(row, part).textContent ?? '');
  });
  for (const extra of there.slice(rows.length)) extra.remove();
}
