import { Visavis } from 'visavis';
import noticesAddress from 'visavis/THIRD_PARTY_NOTICES.txt?url';
import './main.css';
import type { PhotoOfFace } from '../by_eye/portrait_view';
import { EyeView } from '../by_eye/eye_view';
import { announce } from '../shared/announcer';
import { CameraDialog, type Shot } from '../shared/camera';
import { byId, find } from '../shared/dom';
import { listenToDrops, listenToPastes } from '../shared/intake';
import { facesFound } from '../shared/messages';
import { keepOffline } from '../offline/offline';
import { showKept, showUpdate } from '../offline/offline_view';
import { takeSharedPhotos } from '../offline/shared_photos';
import { countRequests } from '../shared/request_count';
import { setUpTheme } from '../shared/theme';
import { wantedVariant } from '../shared/variant';
import { DecisionView } from './decision_view';
import { photoReceiver } from './intake';
import { PolicyView } from './policy_view';
import { decidedPair } from './report_record';
import { ReportView } from './report_view';
import { Session } from './session';
import { SlotView } from './slot';
import { createStore, SLOT_NAMES, type SlotName, SLOTS, type State } from './state';

setUpTheme();
byId<HTMLAnchorElement>('licences').href = noticesAddress;
const store = createStore();
// As soon as the page opens: the first outcome should not wait for WebAssembly and models.
const session = new Session(store, (onProgress) =>
  Visavis.load({ onProgress, ...wantedVariant() }),
);
const camera = new CameraDialog();

const slots = SLOTS.map(
  (name) => new SlotView(name, session, () => void camera.open(shotFor(name))),
);
const swap = byId<HTMLButtonElement>('swap');
swap.before(slots[0]?.root ?? '');
swap.after(slots[1]?.root ?? '');
swap.addEventListener('click', () => session.swap());
const receiver = photoReceiver(session);
listenToDrops(document.documentElement, receiver);
listenToPastes(document, receiver);

const decisionView = new DecisionView({
  retryLoading: () => session.retry(),
  replace: (slot) => byId(`${slot}-${slot === 'selfie' ? 'camera' : 'choose'}`).click(),
  showFaces: () => find(document, '.slot .pick').focus(),
  compareByEye,
  saveReport: () => reportView.open(),
  startOver: () => {
    for (const slot of SLOTS) session.clear(slot);
    byId('passport-choose').focus();
  },
});
const eyeView = new EyeView({
  findLandmarks: (picture) => session.landmarksIn(picture),
  note: (feature, finding) => session.noteByEye(feature, finding),
});
const reportView = new ReportView();
const policyView = new PolicyView((policy) => session.setPolicy(policy));
const requests = countRequests();

let before: State | null = null;
store.subscribe((state) => {
  for (const slot of slots) slot.render(state);
  swap.hidden = !state.passport && !state.selfie;
  policyView.render(state);
  announcePhotos(before, state);
  decisionView.render(state);
  reportView.render(state);
  if (state.engine.phase === 'ready' && before?.engine.phase === 'loading') {
    // What is kept for offline use is the last thing that the page asks for.
    void keepOffline(state.engine.variant, { kept: showKept, updateReady: showUpdate }).then(() =>
      requests.start(),
    );
  }
  before = state;
});

void takeSharedPhotos().then((files) => {
  if (files.length > 0) receiver.take(session.slotForNewPhoto(), files, 'file');
});

function compareByEye(): void {
  const pair = decidedPair(store.get());
  if (!pair) return;
  const [reference, probe] = [pair.passport, pair.selfie].map(({ url, enrolled }) => ({
    url,
    keypoints: enrolled.face.keypoints,
  })) as [PhotoOfFace, PhotoOfFace];
  eyeView.open({ reference, probe, findings: pair.byEye });
}

function shotFor(slot: SlotName): Shot {
  return {
    title: SLOT_NAMES[slot],
    kind: slot === 'passport' ? 'document' : 'selfie',
    guide: (video, options) => session.guide(video, options),
    onPhoto: (file, enrolled) => session.add(slot, file, 'camera', enrolled),
  };
}

/** Problems are alerts of their own; a face found is said here, the outcome by its view. */
function announcePhotos(last: State | null, next: State): void {
  for (const slot of SLOTS) {
    const entry = next[slot];
    if (entry?.phase !== 'ready' || last?.[slot]?.phase === 'ready') continue;
    announce(`${SLOT_NAMES[slot]}: ${facesFound(entry.sighting?.faces.length ?? 1)}.`);
  }
}
