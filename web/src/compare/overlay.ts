import type { Box, Face, Keypoints } from 'visavis';
import { create, createSvg } from '../shared/dom';
import type { Entry } from './state';

/** Draws the faces found over a photo; `photo` has the photo's own shape. */
export function drawOverlay(
  photo: HTMLElement,
  entry: Entry,
  onChoose: (index: number) => void,
): void {
  const focused = photo.contains(document.activeElement) ? document.activeElement : null;
  const focusedFace = focused instanceof HTMLElement ? focused.dataset['face'] : undefined;
  photo.querySelectorAll('.faces, .pick').forEach((element) => element.remove());
  if (!entry.sighting) return;
  const { width, height, faces } = entry.sighting;
  const chosen = faces[entry.chosen];
  if (chosen) photo.append(drawFace(chosen, width, height));
  if (faces.length < 2) return;
  faces.forEach((face, index) => {
    const button = pickButton(face.box, width, height, index === entry.chosen);
    button.dataset['face'] = String(index);
    button.setAttribute(
      'aria-label',
      `Compare face ${index + 1} of ${faces.length}, ${place(face.box, width)}`,
    );
    button.addEventListener('click', () => onChoose(index));
    photo.append(button);
    if (focusedFace === String(index)) button.focus({ preventScroll: true });
  });
}

function drawFace({ box, keypoints }: Face, width: number, height: number): SVGSVGElement {
  const svg = createSvg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    class: 'faces',
    'aria-hidden': 'true',
  });
  const frame = corners(box);
  svg.append(
    createSvg('path', { d: frame, class: 'frame-edge' }),
    createSvg('path', { d: frame, class: 'frame' }),
  );
  const radius = Math.max(box.width * 0.024, width * 0.003);
  for (const { x, y } of points(keypoints)) {
    svg.append(createSvg('circle', { cx: x, cy: y, r: radius, class: 'keypoint' }));
  }
  return svg;
}

function points(keypoints: Keypoints) {
  const { leftEye, rightEye, noseTip, mouthCentre, leftEar, rightEar } = keypoints;
  return [leftEye, rightEye, noseTip, mouthCentre, leftEar, rightEar];
}

/** A viewfinder's four corners. */
function corners({ left, top, width, height }: Box): string {
  const arm = Math.min(width, height) * 0.2;
  const right = left + width;
  const bottom = top + height;
  return (
    `M${left} ${top + arm}V${top}H${left + arm}M${right - arm} ${top}H${right}V${top + arm}` +
    `M${right} ${bottom - arm}V${bottom}H${right - arm}M${left + arm} ${bottom}H${left}V${bottom - arm}`
  );
}

function pickButton(box: Box, width: number, height: number, pressed: boolean): HTMLButtonElement {
  const button = create('button', 'pick');
  button.type = 'button';
  button.setAttribute('aria-pressed', String(pressed));
  button.style.left = percent(box.left + box.width / 2, width);
  button.style.top = percent(box.top + box.height / 2, height);
  button.style.width = percent(box.width, width);
  button.style.height = percent(box.height, height);
  return button;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)}%`;
}

/** Where in the photo, for those who do not see it. */
function place({ left, width }: Box, photoWidth: number): string {
  const centre = (left + width / 2) / photoWidth;
  return centre < 0.4 ? 'on the left' : centre > 0.6 ? 'on the right' : 'in the middle';
}
