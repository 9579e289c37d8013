import type {
  DecisionPolicy,
  EnrolledFace,
  Face,
  Guide,
  GuideOptions,
  Photo,
  Point,
  Progress,
  Visavis,
} from 'visavis';
import type { EyeFeature, EyeFinding } from '../report/report';
import type { CaptureWay } from '../shared/capture_way';
import { trackLoading } from '../shared/loading';
import { engineProblem, isCancelled, photoProblem, type Problem } from '../shared/messages';
import { withoutGhosts } from './ghosts';
import { type Entry, opposite, type PolicyCost, type SlotName, SLOTS, type Store } from './state';

export type EngineLoader = (onProgress: (progress: Progress) => void) => Promise<Visavis>;

/** Milliseconds. */
const REVOKE_AFTER = 5000;

/**
 * What the user can do, and what follows from it: photo -> enrolled face -> decision.
 *
 * Races are settled by identity. Every photo has an id and an AbortController; an answer is written
 * to the entry of that id or, when the photo is gone by then, to nowhere. A decision is written only
 * while the question it answers is the latest one asked.
 */
export class Session {
  private nextId = 1;
  private question = 0;
  private readonly jobs = new Map<number, AbortController>();
  private engine: Promise<Visavis>;

  constructor(
    private readonly store: Store,
    private readonly loadEngine: EngineLoader,
  ) {
    this.engine = this.startEngine();
  }

  /** Leads somebody before the camera to a photo, once the engine is there. */
  async guide(video: HTMLVideoElement, options: GuideOptions): Promise<Guide<ImageBitmap>> {
    return (await this.engine).guide(video, options);
  }

  /** Puts a photo into a slot, in place of the one there; `enrolled` where that is known already. */
  add(
    slot: SlotName,
    file: File,
    capture: CaptureWay = 'file',
    enrolled: EnrolledFace | null = null,
  ): void {
    this.forget(slot);
    const working: Entry = {
      id: this.nextId++,
      file,
      capture,
      url: URL.createObjectURL(file),
      phase: 'working',
      sighting: null,
      chosen: 0,
      enrolled: null,
      problem: null,
    };
    const entry = enrolled ? { ...working, ...readyPatch(working, enrolled) } : working;
    this.change(slot, entry);
    if (!enrolled) void this.read(entry);
  }

  /** Something was offered that is no photo at all; what is in the slot stays. */
  refuse(slot: SlotName, problem: Problem): void {
    this.store.set({ refused: { ...this.store.get().refused, [slot]: problem } });
  }

  clear(slot: SlotName): void {
    this.forget(slot);
    this.change(slot, null);
  }

  swap(): void {
    const { passport, selfie, refused } = this.store.get();
    this.store.set({
      passport: selfie,
      selfie: passport,
      refused: { passport: refused.selfie, selfie: refused.passport },
    });
    void this.compare();
  }

  /** Compares another of the faces found in a photo. */
  choose(slot: SlotName, index: number): void {
    const entry = this.store.get()[slot];
    if (!entry?.sighting?.faces[index] || index === entry.chosen) return;
    this.jobs.get(entry.id)?.abort();
    const chosen: Entry = {
      ...entry,
      chosen: index,
      phase: 'working',
      enrolled: null,
      problem: null,
    };
    this.change(slot, chosen);
    void this.read(chosen);
  }

  /** Notes what a person found on the two faces. */
  noteByEye(feature: EyeFeature, finding: EyeFinding['finding']): void {
    this.store.set({ byEye: { ...this.store.get().byEye, [feature]: finding } });
  }

  /** 68 landmarks of the face in a picture, in its pixels; null where there is none. */
  async landmarksIn(picture: Photo): Promise<readonly Point[] | null> {
    const api = await this.engine;
    const { face } = await api.track(picture);
    return face?.landmarks ?? null;
  }

  setPolicy(policy: DecisionPolicy): void {
    this.store.set({ policy });
    void this.compare();
  }

  /** Loads the models again after that failed; photos that wait for them go on by themselves. */
  retry(): void {
    if (this.store.get().engine.phase !== 'failed') return;
    this.engine = this.startEngine();
    for (const slot of SLOTS) {
      const entry = this.store.get()[slot];
      if (entry?.phase === 'working') void this.read(entry);
    }
  }

  private startEngine(): Promise<Visavis> {
    const loaded = trackLoading(this.loadEngine, {
      get: () => this.store.get().engine,
      set: (engine) => this.store.set({ engine }),
    });
    loaded.then(
      async (api) => {
        const policies = await policyCosts(api);
        const { calibration, variant, model: name, modelSha256: sha256 } = api;
        const model = { name, sha256 };
        this.store.set({ engine: { phase: 'ready', calibration, variant, model, policies } });
      },
      (error: unknown) =>
        this.store.set({
          engine: { phase: 'failed', problem: engineProblem(error), canRetry: true },
        }),
    );
    return loaded;
  }

  private async read(entry: Entry): Promise<void> {
    const job = new AbortController();
    this.jobs.set(entry.id, job);
    const api = await this.engine.catch(() => null);
    // Without an engine the photo waits for retry(); its problem is told beside the progress bar.
    if (!api || job.signal.aborted) return;
    try {
      const face = entry.sighting?.faces[entry.chosen];
      const enrolled = await api.enrol(entry.file, { signal: job.signal, ...(face && { face }) });
      const faces = await withoutGhosts(api, entry.file, enrolled, job.signal);
      this.update(entry.id, job, readyPatch(entry, enrolled, faces));
    } catch (error) {
      if (isCancelled(error)) return;
      const sighting = entry.sighting ?? (await this.sight(api, entry, job.signal, error));
      this.update(entry.id, job, { phase: 'failed', problem: photoProblem(error), sighting });
    }
  }

  /** Where the face is that cannot be compared, so that the page can show it. */
  private async sight(api: Visavis, entry: Entry, signal: AbortSignal, error: unknown) {
    if (!photoProblem(error).showsPhoto) return null;
    return api.detect(entry.file, { signal }).catch(() => null);
  }

  /** Writes an answer to its photo, wherever that is by now. */
  private update(id: number, job: AbortController, patch: Partial<Entry>): void {
    if (this.jobs.get(id) !== job || job.signal.aborted) return;
    const slot = SLOTS.find((name) => this.store.get()[name]?.id === id);
    const entry = slot && this.store.get()[slot];
    // What was refused meanwhile stays told.
    if (slot && entry) this.change(slot, { ...entry, ...patch }, this.store.get().refused[slot]);
  }

  private change(slot: SlotName, entry: Entry | null, refused: Problem | null = null): void {
    this.store.set({
      [slot]: entry,
      decision: null,
      byEye: {},
      refused: { ...this.store.get().refused, [slot]: refused },
    });
    void this.compare();
  }

  private forget(slot: SlotName): void {
    const old = this.store.get()[slot];
    if (!old) return;
    this.jobs.get(old.id)?.abort();
    this.jobs.delete(old.id);
    // Pictures that a view has just been given are fetched later, even where the view is gone by then.
    setTimeout(() => URL.revokeObjectURL(old.url), REVOKE_AFTER);
  }

  private async compare(): Promise<void> {
    const question = ++this.question;
    const { passport, selfie, policy } = this.store.get();
    if (!passport?.enrolled || !selfie?.enrolled) return;
    const api = await this.engine;
    const decision = await api.decide(passport.enrolled, selfie.enrolled, { policy });
    if (question === this.question) this.store.set({ decision });
  }

  /** The slot a photo goes to when the user did not say which: the first empty one, else the selfie. */
  slotForNewPhoto(): SlotName {
    return SLOTS.find((slot) => !this.store.get()[slot]) ?? opposite('passport');
  }
}

function policyCosts(api: Visavis): Promise<PolicyCost[]> {
  const policies = Object.keys(api.calibration.bounds) as DecisionPolicy[];
  return Promise.all(
    policies.map(async (policy) => {
      const bounds = api.calibration.bounds[policy];
      return { policy, bounds, rates: await api.rates(bounds.matchIfGood) };
    }),
  );
}

function readyPatch(
  entry: Entry,
  enrolled: EnrolledFace,
  faces: readonly Face[] = enrolled.faces,
): Partial<Entry> {
  // Where a face was given, the answer knows that face only: the sighting already there stays.
  const { width, height } = enrolled;
  const sighting = entry.sighting ?? { width, height, faces };
  return { phase: 'ready', enrolled, sighting, problem: null };
}
