import type { GUIDE_HINTS, GuideDirection, GuideKind } from 'visavis';

/** All words of the camera, in one table: those of another language take its place. */

export type GuideHint = (typeof GUIDE_HINTS)[number];

/** What guide() tells, as a command. */
const COMMANDS: Readonly<Record<GuideHint, string>> = {
  starting: 'Put your face in the oval',
  'not-in-view': 'Put your face in the oval',
  'one-person': 'Only one person, please',
  'move-closer': 'Move closer',
  'move-back': 'Move back',
  'move-to-middle': 'Move to the middle',
  'look-straight': 'Look straight ahead',
  'chin-up': 'Chin up',
  'chin-down': 'Chin down',
  'head-upright': 'Hold your head straight',
  'more-light': 'More light, please: face a window',
  'less-light': 'Too bright: turn away from the lamp',
  'even-light': 'Light from the front, please',
  'open-eyes': 'Open your eyes',
  'tilt-page': 'Light reflects: tilt the page',
  'keep-steady': 'Hold still',
  'wipe-lens': 'Wipe the lens',
  'hold-still': 'Hold still',
  'press-when-ready': 'Press the button when you are ready',
  'faces-differ': 'That moved too much. Once more, please',
  taken: 'Taken',
};

/** Where a document needs other words. */
const DOCUMENT_COMMANDS: Partial<Record<GuideHint, string>> = {
  starting: 'Put the photo page in the frame',
  'not-in-view': 'Put the photo page in the frame',
  'more-light': 'More light, please',
};

/** What speaks against a photo that is asked for all the same. */
const OBJECTIONS: Partial<Record<GuideHint, string>> = {
  'not-in-view': 'No face is seen in the oval.',
  'one-person': 'There are two people in the picture.',
  'move-closer': 'The face is small.',
  'move-back': 'The face is very near.',
  'move-to-middle': 'The face is not in the middle.',
  'look-straight': 'The head is turned.',
  'chin-up': 'The head is lowered.',
  'chin-down': 'The head is raised.',
  'head-upright': 'The head leans.',
  'more-light': 'The face is too dark.',
  'less-light': 'The face is too bright.',
  'even-light': 'One half of the face is dark.',
  'open-eyes': 'The eyes look closed.',
  'tilt-page': 'Light reflects on the portrait.',
  'keep-steady': 'The picture is blurred.',
  'wipe-lens': 'The picture is blurred.',
};
const DOCUMENT_OBJECTIONS: Partial<Record<GuideHint, string>> = {
  'not-in-view': 'No portrait is seen in the frame.',
  'move-closer': 'The portrait is small.',
  'more-light': 'The portrait is too dark.',
};

export function command(kind: GuideKind, hint: string): string {
  const code = hint as GuideHint;
  return (kind === 'document' ? DOCUMENT_COMMANDS[code] : undefined) ?? COMMANDS[code] ?? '';
}

export function objection(kind: GuideKind, hint: string): string {
  const code = hint as GuideHint;
  const words =
    (kind === 'document' ? DOCUMENT_OBJECTIONS[code] : undefined) ?? OBJECTIONS[code] ?? '';
  return `${words} ${WORDS.takeItAnyway}?`.trim();
}

export const ARROWS: Readonly<Record<GuideDirection, string>> = {
  left: '←',
  right: '→',
  up: '↑',
  down: '↓',
};

export const WORDS = {
  close: 'Close the camera',
  shutter: 'Take the photo',
  switchCamera: 'Switch camera',
  torch: 'Light',
  timer: '3 s timer',
  stopTimer: 'Stop the timer',
  takeItAnyway: 'Take it anyway',
  notYet: 'Not yet',
  allow: 'Allow camera',
  useCamera: 'Use the camera',
  tryAgain: 'Try again',
  chooseFile: 'Choose a file',
  starting: 'Starting the camera…',
  selfiePreview: 'Live camera picture, as in a mirror',
  preview: 'Live camera picture',
  beforeAsking: 'Next, your browser asks for the camera. The picture stays on this device.',
  easierWithAFile: 'Easier with a file: photograph the page with your phone.',
  takeAgain: 'Take it again',
} as const;

export type CameraFailure = 'insecure' | 'refused' | 'absent' | 'busy' | 'broken';

/** What happened, and whether trying again can help. */
export const FAILURES: Readonly<Record<CameraFailure, { words: string; canRetry: boolean }>> = {
  insecure: { words: 'Browsers allow the camera on https pages only.', canRetry: false },
  refused: {
    words:
      'The camera is blocked. Tap the camera or lock sign beside the address, choose Allow, then try again.',
    canRetry: true,
  },
  absent: { words: 'No camera found on this device.', canRetry: false },
  busy: { words: 'Another program uses the camera. Close it, then try again.', canRetry: true },
  broken: { words: 'The camera gives no picture. Try again, or choose a file.', canRetry: true },
};

/** Names of DOMException that getUserMedia rejects with. */
export function cameraFailure(error: unknown): CameraFailure {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'absent';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'broken';
}

/** How fit a photo in a slot is. */
export const FITNESS = { good: 'Good photo', usable: 'Usable' } as const;
