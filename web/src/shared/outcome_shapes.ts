import type { Outcome } from 'visavis';

/**
 * The outcomes' shapes, as SVG path data in a box of 24 x 24, filled by the even-odd rule: a tick in a circle, an eye in a
 * square, a bar in an octagon. An outcome is told by word and shape; the colour only agrees.
 */
export const OUTCOME_SHAPES: Record<Outcome, string> = {
  match:
    'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm5.9 8-7.2 7.7a1.2 1.2 0 0 1-1.7 0L5.9 13.4a1.2 1.2 0 1 1 1.7-1.7l2.2 2.3 6.4-6.8A1.2 1.2 0 0 1 17.9 9Z',
  review:
    'M4 1.5h16A2.5 2.5 0 0 1 22.5 4v16a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 20V4A2.5 2.5 0 0 1 4 1.5Zm8 5.2c-3.7 0-6.7 2.3-8 5.3 1.3 3 4.3 5.3 8 5.3s6.7-2.3 8-5.3c-1.3-3-4.3-5.3-8-5.3Zm0 1.9a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8Zm0 1.9a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z',
  mismatch: 'M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4L7.4 1Zm-.9 9.6v2.8h11v-2.8h-11Z',
};
