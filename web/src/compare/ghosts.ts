import type { EnrolledFace, Face, Photo, Visavis } from 'visavis';
import { isCancelled } from '../shared/messages';

/** A ghost portrait is narrower than this share of the portrait that it repeats. */
const MOST_WIDTH = 0.7;
/** More other faces than this are a group of people, and no document. */
const MOST_OTHERS = 3;

/**
 * The photo's faces without ghost portraits: the small, pale repetitions that passports print beside the portrait. They
 * are of the same person, so whoever put the page there need not be asked which face is meant. `enrolled` is the
 * photo's first face.
 */
export async function withoutGhosts(
  api: Visavis,
  photo: Photo,
  enrolled: EnrolledFace,
  signal: AbortSignal,
): Promise<readonly Face[]> {
  const [portrait, ...others] = enrolled.faces;
  if (!portrait || others.length > MOST_OTHERS) return enrolled.faces;
  const bound = api.calibration.bounds.balanced.match;
  const faces = [portrait];
  for (const face of others) {
    const isSmall = face.box.width < MOST_WIDTH * portrait.box.width;
    if (isSmall && (await distanceTo(face)) < bound) continue;
    faces.push(face);
  }
  return faces;

  async function distanceTo(face: Face): Promise<number> {
    try {
      const other = await api.enrol(photo, { face, signal });
      return (await api.verify(enrolled, other)).distance;
    } catch (error) {
      if (isCancelled(error)) throw error;
      return Infinity; // Too small to be compared: nobody knows whose face it is.
    }
  }
}
