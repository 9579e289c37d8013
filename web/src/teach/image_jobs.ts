import type { Classifier, EmbeddedImage, Photo } from 'visavis';
import { isCancelled, type Problem } from '../shared/messages';
import type { Subject } from './state';
import { exampleProblem } from './words';

/** A file that was given, or a drawing made here, which is in its final form already. */
export type Given = File | ImageData;

export interface Outcome {
  done(image: EmbeddedImage, classifier: Classifier, signal: AbortSignal): Promise<void>;
  failed(problem: Problem): void;
}

/** Images on their way to an embedding, each under an id by which it can be given up. */
export class ImageJobs {
  private readonly jobs = new Map<number, { job: AbortController; run: () => Promise<void> }>();

  constructor(
    private readonly subject: Subject,
    private readonly classifier: () => Promise<Classifier> | null,
  ) {}

  /** Without a classifier it waits for resume(). */
  read(id: number, given: Given, then: Outcome): void {
    const job = new AbortController();
    const { signal } = job;
    const run = async (): Promise<void> => {
      const classifier = await this.classifier()?.catch(() => null);
      if (!classifier || signal.aborted) return;
      try {
        const image = await classifier.embed(given as Photo, {
          signal,
          findInk: given instanceof File,
        });
        await then.done(image, classifier, signal);
      } catch (error) {
        if (!isCancelled(error) && !signal.aborted)
          then.failed(exampleProblem(error, this.subject));
      }
      this.jobs.delete(id);
    };
    this.jobs.set(id, { job, run });
    void run();
  }

  abort(id: number): void {
    this.jobs.get(id)?.job.abort();
    this.jobs.delete(id);
  }

  resume(): void {
    for (const { run } of this.jobs.values()) void run();
  }
}
