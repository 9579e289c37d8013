import type { Problem } from '../shared/messages';
import { type StoreOf, storeOf } from '../shared/store';
import type { KeptStore } from './kept_store';
import type { Lesson } from './lesson';
import { createLessonStore, type Subject, type TaughtClass } from './state';
import { isFromAnotherModel, keepingProblem, KEPT_BY_ANOTHER_MODEL, unreadable } from './words';

export interface KeepingState {
  /** Whether the user asked for it. */
  readonly isOn: boolean;
  readonly phase: 'idle' | 'saving' | 'kept';
  readonly problem: Problem | null;
}

/** Changes follow each other closely; one writing for all of them. */
const PAUSE = 250;

/** Keeps lessons between visits, on request only. Whatever fails here is told, and the screen stays as it is. */
export class Keeping {
  readonly state: StoreOf<KeepingState> = storeOf<KeepingState>({
    isOn: false,
    phase: 'idle',
    problem: null,
  });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly seen = new Map<Subject, readonly TaughtClass[]>();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: KeptStore,
    private readonly lessons: readonly Lesson[],
  ) {
    for (const lesson of lessons) {
      lesson.store.subscribe(({ classes }) => {
        const isNews = this.seen.get(lesson.subject) !== classes;
        this.seen.set(lesson.subject, classes);
        if (isNews && this.state.get().isOn) this.saveSoon();
      });
    }
  }

  /** Shows what was kept, which switches keeping on. Before the lessons start. */
  async restore(): Promise<void> {
    try {
      const kept = await this.store.readAll();
      if (kept.length > 0) this.state.set({ isOn: true, phase: 'kept' });
      for (const one of kept) {
        const lesson = this.lessons.find(({ subject }) => subject === one.subject);
        lesson?.restore(one).catch((error: unknown) => this.giveUp(error));
      }
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** What was kept stays until the user says otherwise: nothing is written over it. */
  private giveUp(error: unknown): void {
    const problem = isFromAnotherModel(error) ? KEPT_BY_ANOTHER_MODEL : unreadable(error);
    this.state.set({ isOn: false, phase: 'idle', problem });
  }

  /** Off also removes what was kept. */
  async keep(isOn: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.state.set({ isOn, phase: 'idle', problem: null });
    await this.inOrder(() => (isOn ? this.saveAll() : this.store.clear()));
  }

  /** Empties the store and, once that is done, the screen. */
  async eraseAll(): Promise<void> {
    clearTimeout(this.timer);
    this.state.set({ isOn: false, phase: 'idle', problem: null });
    const isErased = await this.inOrder(() => this.store.clear());
    if (!isErased) return;
    for (const lesson of this.lessons)
      lesson.forgetAll(createLessonStore(lesson.subject).get().classes);
  }

  private saveSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.inOrder(() => this.saveAll()), PAUSE);
  }

  private async saveAll(): Promise<void> {
    if (!this.state.get().isOn) return;
    this.state.set({ phase: 'saving' });
    for (const lesson of this.lessons) await this.save(lesson);
    if (this.state.get().isOn) this.state.set({ phase: 'kept', problem: null });
  }

  /** A lesson that is being changed is saved when it has settled, which is a change again. */
  private async save(lesson: Lesson): Promise<void> {
    const snapshot = await lesson.snapshot();
    if (snapshot && this.state.get().isOn) await this.store.write(snapshot);
    else if (!snapshot && lesson.isEmpty) await this.store.remove(lesson.subject);
  }

  /** One after the other, so that an erasure is not overtaken by a writing. Resolves to whether it went well. */
  private inOrder(act: () => Promise<void>): Promise<boolean> {
    const done = this.work.then(act).then(
      () => true,
      (error: unknown) => {
        this.state.set({ isOn: false, phase: 'idle', problem: keepingProblem(error) });
        return false;
      },
    );
    this.work = done.then(() => undefined);
    return done;
  }
}
