import { Classifier } from 'visavis';
import noticesAddress from 'visavis/THIRD_PARTY_NOTICES.txt?url';
import './main.css';
import { CameraDialog } from '../shared/camera';
import { byId } from '../shared/dom';
import { listenToDrops, listenToPastes, type Receiver } from '../shared/intake';
import { renderLoading } from '../shared/loading';
import { countRequests } from '../shared/request_count';
import { setUpTheme } from '../shared/theme';
import { wantedVariant } from '../shared/variant';
import { ClassCard } from './class_card';
import { cardTargets, type Target } from './intake';
import { Keeping } from './keeping';
import { KeepingView } from './keeping_view';
import { indexedStore } from './kept_store';
import { type ClassifierLoader, Lesson } from './lesson';
import { createLessonStore, type LessonState, type Subject, SUBJECTS } from './state';
import { TrialView } from './trial';

setUpTheme();
byId<HTMLAnchorElement>('licences').href = noticesAddress;
const requests = countRequests();
const camera = new CameraDialog();
const openCamera = (title: string, onPhoto: (file: File) => void) =>
  void camera.open({ title, kind: 'selfie', onPhoto });

// When a subject is first shown: signs need a tenth of what people do.
const loadClassifier: ClassifierLoader = (subject, onProgress) =>
  Classifier.load({ subject, onProgress, ...wantedVariant() });
const lessons = SUBJECTS.map(
  (subject) => new Lesson(subject, createLessonStore(subject), loadClassifier),
);
const cards = new Map<string, ClassCard>();
const trial = new TrialView(openCamera);
const keeping = new Keeping(indexedStore, lessons);
let shown =
  lessons.find(({ subject }) => location.hash === `#${subject}`) ?? (lessons[0] as Lesson);
const phases = new Map<Subject, LessonState['engine']['phase']>();

const receiver: Receiver<Target> = {
  ...cardTargets,
  take: (target, files) => (target === null ? trial.take(files) : shown.addExamples(target, files)),
  refuse: (target, problem) => shown.refuse(target, problem),
};
listenToDrops(document.documentElement, receiver);
listenToPastes(document, receiver);
byId('loading-retry').addEventListener('click', () => shown.retry());
byId('add-class').addEventListener('click', () =>
  cards.get(keyOf(shown, shown.addClass()))?.focusName(),
);
for (const input of document.querySelectorAll<HTMLInputElement>('input[name=subject]')) {
  input.addEventListener('change', () => show(input.value as Subject));
}

new KeepingView(keeping);
// What was kept comes first: the classifier then starts with it.
void keeping.restore().then(() => {
  for (const lesson of lessons) {
    lesson.store.subscribe((state) => {
      if (lesson === shown) render(state);
    });
  }
  show(shown.subject);
});

function show(subject: Subject): void {
  shown = lessons.find((lesson) => lesson.subject === subject) ?? shown;
  history.replaceState(
    null,
    '',
    subject === SUBJECTS[0] ? location.pathname + location.search : `#${subject}`,
  );
  byId('lesson').dataset['subject'] = subject;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name=subject]'))
    input.checked = input.value === subject;
  shown.start();
  render(shown.store.get());
}

function render(state: LessonState): void {
  renderEngine(state);
  renderCards(state);
  trial.render(shown, state);
}

function renderEngine({ engine }: LessonState): void {
  renderLoading(engine);
  if (engine.phase === 'ready' && phases.get(shown.subject) !== 'ready') requests.start();
  phases.set(shown.subject, engine.phase);
}

function keyOf(lesson: Lesson, id: string): string {
  return `${lesson.subject} ${id}`;
}

function renderCards({ classes }: LessonState): void {
  const roots = classes.map((entry) => {
    const key = keyOf(shown, entry.id);
    const card =
      cards.get(key) ?? new ClassCard(entry.id, shown, openCamera, () => byId('add-class').focus());
    cards.set(key, card);
    card.render(entry);
    return card.root;
  });
  const keys = new Set(classes.map(({ id }) => keyOf(shown, id)));
  for (const key of cards.keys())
    if (key.startsWith(`${shown.subject} `) && !keys.has(key)) cards.delete(key);
  const list = byId('cards');
  const wanted = [...roots, byId('add-class')];
  // Putting an element where it is would take the focus from it.
  const isSame =
    wanted.length === list.children.length && wanted.every((root, i) => root === list.children[i]);
  if (!isSame) list.replaceChildren(...wanted);
}
