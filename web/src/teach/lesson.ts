import type { Classifier, EmbeddedImage, Progress } from 'visavis';
import { trackLoading } from '../shared/loading';
import { engineProblem, isCancelled, type Problem } from '../shared/messages';
import { type Given, ImageJobs } from './image_jobs';
import { type KeptLesson, packed, unpacked } from './kept_lesson';
import { importKept, type Restoring, without } from './restoring';
import {
  freeName,
  isSettled,
  type LessonStore,
  MAX_EXAMPLES,
  type Query,
  type Subject,
  taught,
  type TaughtClass,
} from './state';
import { classifierLost, nameProblem, severalPeople, TOO_MANY } from './words';

export type ClassifierLoader = (
  subject: Subject,
  onProgress: (progress: Progress) => void,
) => Promise<Classifier>;

/**
 * What the user can do with one subject, and what follows from it: examples -> classes -> answer.
 *
 * Races are settled as in Session: an answer is written to the example or query of its id or, when that is gone by
 * then, to nowhere. The classifier carries calls out in the order made, so places of examples are those of the state.
 */
export class Lesson {
  private nextId = 1;
  private question = 0;
  private readonly jobs: ImageJobs;
  private classifier: Promise<Classifier> | null = null;
  private restoring: Restoring | null = null;

  constructor(
    readonly subject: Subject,
    readonly store: LessonStore,
    private readonly load: ClassifierLoader,
  ) {
    this.jobs = new ImageJobs(subject, () => this.classifier);
  }

  /** Loads what the subject needs, once. */
  start(): void {
    if (this.classifier) return;
    const loading = trackLoading((onProgress) => this.load(this.subject, onProgress), {
      get: () => this.store.get().engine,
      set: (engine) => this.store.set({ engine }),
    });
    this.classifier = loading.then(async (classifier) => {
      await this.restoring?.into(classifier);
      this.restoring = null;
      return classifier;
    });
    this.classifier.then(
      ({ rejectionDistance }) => this.store.set({ engine: { phase: 'ready', rejectionDistance } }),
      (error: unknown) => this.fail(engineProblem(error), true),
    );
  }

  /** After a failed download; images that wait for it go on by themselves. */
  retry(): void {
    const { engine } = this.store.get();
    if (engine.phase !== 'failed' || !engine.canRetry) return;
    this.classifier = null;
    this.start();
    this.jobs.resume();
  }

  addClass(): string {
    const { classes } = this.store.get();
    const id = `c${this.nextId++}-${Date.now().toString(36)}`;
    this.store.set({
      classes: [
        ...classes,
        { id, name: freeName(this.subject, classes), examples: [], problem: null },
      ],
    });
    return id;
  }

  /** An empty name and one that another class has are refused: the old one stays. */
  rename(id: string, wanted: string): void {
    const name = wanted.trim();
    const others = this.store.get().classes.filter((entry) => entry.id !== id);
    const problem = nameProblem(name, others);
    this.changeClass(id, problem ? { problem } : { name, problem: null });
  }

  removeClass(id: string): void {
    const { classes } = this.store.get();
    const removed = classes.find((entry) => entry.id === id);
    if (!removed) return;
    for (const example of removed.examples) this.jobs.abort(example.id);
    this.store.set({ classes: classes.filter((entry) => entry !== removed) });
    if (taught([removed]).length > 0)
      this.withClassifier((classifier) => classifier.removeClass(id));
    this.ask();
  }

  addExamples(id: string, given: readonly Given[]): void {
    const room = MAX_EXAMPLES - (this.classOf(id)?.examples.length ?? MAX_EXAMPLES);
    this.changeClass(id, { problem: given.length > room ? TOO_MANY : null });
    for (const one of given.slice(0, room)) this.addExample(id, one);
  }

  removeExample(id: string, exampleId: number): void {
    const entry = this.classOf(id);
    const example = entry?.examples.find((one) => one.id === exampleId);
    if (!entry || !example) return;
    this.jobs.abort(exampleId);
    const place = entry.examples.filter((one) => one.thumbnail).indexOf(example);
    this.changeClass(id, {
      examples: entry.examples.filter((one) => one !== example),
      problem: null,
    });
    if (place >= 0) this.withClassifier((classifier) => classifier.removeExample(id, place));
    this.ask();
  }

  /** Something was offered that is no image at all. Without a class, to the query. */
  refuse(id: string | null, problem: Problem): void {
    if (id !== null) this.changeClass(id, { problem });
    else this.setQuery({ id: this.nextId++, isDrawing: false, image: null, problem });
  }

  /** Asks what this is. The answer to a drawing stays in sight until that to its next stroke is there. */
  tryOut(given: Given): void {
    const isDrawing = !(given instanceof File);
    const query: Query = { id: this.nextId++, isDrawing, image: null, problem: null };
    const { answer } = this.store.get();
    this.setQuery(query);
    if (isDrawing) this.store.set({ answer });
    this.jobs.read(query.id, given, {
      done: async (image) => {
        if (this.store.get().query?.id !== query.id) return;
        const { faces = [] } = image;
        this.store.set({
          query: {
            ...query,
            image,
            problem: faces.length > 1 ? severalPeople(faces.length) : null,
          },
        });
        this.ask();
      },
      failed: (problem) => {
        if (this.store.get().query?.id === query.id)
          this.store.set({ query: { ...query, problem }, answer: null });
      },
    });
  }

  forgetQuery(): void {
    this.setQuery(null);
  }

  /** Whether nothing was taught, or all of it was removed again. */
  get isEmpty(): boolean {
    return this.store.get().classes.every((entry) => entry.examples.length === 0);
  }

  /** What is worth keeping, as it is now; null while something is being read or there is nothing. */
  async snapshot(): Promise<KeptLesson | null> {
    const { classes } = this.store.get();
    if (this.restoring) return this.restoring.kept;
    if (!this.classifier || !isSettled(classes) || taught(classes).length === 0) return null;
    const classifier = await this.classifier;
    return packed(this.subject, classes, classifier.model, await classifier.exportSupport());
  }

  /**
   * Before start(): shows what was kept, and hands it to the classifier once that is there. Rejects where it cannot be
   * used ('model-mismatch' for what another model made); its examples then leave the screen, and nothing else.
   */
  restore(kept: KeptLesson): Promise<void> {
    const classes = unpacked(kept, () => this.nextId++);
    this.store.set({ classes });
    const restored = new Set(
      classes.flatMap((entry) => entry.examples.map((example) => example.id)),
    );
    return new Promise((resolve, reject) => {
      const into = (classifier: Classifier): Promise<void> =>
        importKept(classifier, kept).then(resolve, (error: unknown) => {
          this.store.set({
            classes: this.store.get().classes.map((entry) => without(entry, restored)),
          });
          reject(error);
        });
      this.restoring = { kept, into };
    });
  }

  /** Back to two empty classes. */
  forgetAll(blank: readonly TaughtClass[]): void {
    this.restoring = null;
    for (const { id } of this.store.get().classes) this.removeClass(id);
    this.setQuery(null);
    this.store.set({ classes: blank });
  }

  private addExample(id: string, given: Given): void {
    const exampleId = this.nextId++;
    this.changeClass(id, {
      examples: [...(this.classOf(id)?.examples ?? []), { id: exampleId, thumbnail: null }],
    });
    this.jobs.read(exampleId, given, {
      done: async (image, classifier, signal) => {
        await classifier.addExample(id, image, { signal });
        this.finishExample(id, exampleId, image);
      },
      failed: (problem) => {
        const examples = this.classOf(id)?.examples.filter((one) => one.id !== exampleId);
        if (examples) this.changeClass(id, { examples, problem });
      },
    });
  }

  private finishExample(id: string, exampleId: number, { crop, faces = [] }: EmbeddedImage): void {
    const examples = this.classOf(id)?.examples;
    if (!examples) return;
    const finished = examples.map((one) =>
      one.id === exampleId ? { ...one, thumbnail: crop } : one,
    );
    this.changeClass(id, {
      examples: finished,
      ...(faces.length > 1 && { problem: severalPeople(faces.length) }),
    });
    this.ask();
  }

  /** Compares the query with what is known now, in case it is known of two classes. */
  private ask(): void {
    const question = ++this.question;
    const { query, classes } = this.store.get();
    if (!query?.image || taught(classes).length < 2) {
      if (!query || query.image) this.store.set({ answer: null });
      return;
    }
    const { image } = query;
    this.withClassifier(async (classifier) => {
      const answer = await classifier.classify(image);
      if (question === this.question) this.store.set({ answer });
    });
  }

  /** What fails here has a worker that died: with it went what it knew. */
  private withClassifier(use: (classifier: Classifier) => Promise<void>): void {
    void this.classifier?.then(use).catch((error: unknown) => {
      if (!isCancelled(error)) this.fail(classifierLost(error), false);
    });
  }

  private fail(problem: Problem, canRetry: boolean): void {
    // What failed to load is told once, by start() itself.
    if (this.store.get().engine.phase !== 'failed')
      this.store.set({ engine: { phase: 'failed', problem, canRetry } });
  }

  private setQuery(query: Query | null): void {
    const old = this.store.get().query;
    if (old) this.jobs.abort(old.id);
    this.question++;
    this.store.set({ query, answer: null });
  }

  private classOf(id: string): TaughtClass | undefined {
    return this.store.get().classes.find((entry) => entry.id === id);
  }

  private changeClass(id: string, patch: Partial<TaughtClass>): void {
    const classes = this.store
      .get()
      .classes.map((entry) => (entry.id === id ? { ...entry, ...patch } : entry));
    this.store.set({ classes });
  }
}
