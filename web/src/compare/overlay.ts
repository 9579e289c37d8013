import type { Box, Face, Keypoints } from 'visavis';
import { createSvg } from '../shared/dom';
import { showFaces, showPortrait } from './portrait_stage';
import type { Entry } from './state';

/** Shows the faces found in a photo; `photo` has the photo's own shape. */
export function drawOverlay(
  photo: HTMLElement,
  entry: Entry,
  onChoose: (index: number) => void,
): void {
  photo.querySelector('.faces')?.remove();
  if (!entry.sighting) return;
  const { width, height, faces } = entry.sighting;
  const chosen = faces[entry.chosen];
  if (chosen) photo.append(drawFace(chosen, width, height));
  showPortrait(photo, entry, chosen);
  showFaces(photo, entry, onChoose);
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
