import type { EyeFeature } from '../report/report';

/** All words of "Compare by eye" that the report does not have too. */
export const EYE_WORDS = {
  title: 'Compare by eye',
  close: 'Close “Compare by eye”',
  how: 'How to look',
  reference: 'Passport photo',
  probe: 'Selfie',
  divider: 'Move the line between the passport photo and the selfie',
  dividerAt: (percent: number) => `${percent}% passport photo`,
  stop: 'Stop',
  goOn: 'Go on',
  showOther: 'Show the other',
  look: 'Look at one thing after the other',
  advice:
    'Hair, beard, glasses and weight change. These hardly do. What you choose goes into the report.',
} as const;

export const VIEWS = { side: 'Side by side', slider: 'Slider', blink: 'Blink' } as const;
export type View = keyof typeof VIEWS;

export const FEATURE_HINTS: Record<EyeFeature, string> = {
  ears: 'shape, lobes, how far they stand out',
  brows: 'arch, ends, distance',
  nose: 'bridge, tip, nostrils',
  scars: 'place and shape',
  moles: 'place and size',
};
