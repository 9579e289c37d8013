import type { Box, Face } from 'visavis';
import { create, createSvg } from '../shared/dom';
import { portraitCrop, showsAll, type Size } from './portrait_crop';
import type { Entry } from './state';

/** Of the stage: portrait.css. */
const STAGE_RATIO = 4 / 5;

const WORDS = {
  whole: 'Show the whole photo',
  portrait: 'Show the face large',
} as const;

/** Shows the chosen face large, with the whole photo small beside it; `photo` is the element with the photo's shape. */
export function showPortrait(photo: HTMLElement, entry: Entry, chosen: Face | undefined): void {
  const stage = photo.parentElement;
  stage?.querySelector('.view-switch')?.remove();
  const size = entry.sighting;
  const crop = size && chosen ? portraitCrop(chosen.box, size, STAGE_RATIO) : null;
  if (!stage || !size || !crop || !chosen || showsAll(crop, size)) {
    delete photo.dataset['view'];
    return;
  }
  // Another photo is shown large again; of the same one what the user wanted stays.
  if (photo.dataset['entry'] !== String(entry.id)) photo.dataset['view'] = 'portrait';
  photo.dataset['entry'] = String(entry.id);
  photo.dataset['view'] ??= 'portrait';
  photo.style.setProperty('--zoom', String(size.width / crop.width));
  photo.style.setProperty('--x', percent(-crop.left, size.width));
  photo.style.setProperty('--y', percent(-crop.top, size.height));
  stage.append(viewSwitch(photo, entry, size, chosen.box));
}

function viewSwitch(photo: HTMLElement, entry: Entry, size: Size, box: Box): HTMLButtonElement {
  const button = create('button', 'view-switch');
  button.type = 'button';
  button.append(thumbnail(entry.url, size, box), enlarge());
  const name = () => {
    const isWhole = photo.dataset['view'] === 'whole';
    button.setAttribute('aria-label', isWhole ? WORDS.portrait : WORDS.whole);
  };
  button.addEventListener('click', (event) => {
    event.stopPropagation(); // The stage has its own use for clicks.
    photo.dataset['view'] = photo.dataset['view'] === 'whole' ? 'portrait' : 'whole';
    name();
  });
  name();
  return button;
}

function thumbnail(url: string, { width, height }: Size, box: Box): SVGSVGElement {
  const svg = createSvg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    class: 'thumbnail',
    'aria-hidden': 'true',
  });
  svg.append(
    createSvg('image', { href: url, width, height }),
    createSvg('rect', { x: box.left, y: box.top, width: box.width, height: box.height }),
  );
  return svg;
}

function enlarge(): SVGSVGElement {
  const svg = createSvg('svg', { viewBox: '0 0 24 24', class: 'enlarge', 'aria-hidden': 'true' });
  svg.append(createSvg('path', { d: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7' }));
  return svg;
}

/** The faces of a photo that shows several, as buttons below it. */
export function showFaces(
  photo: HTMLElement,
  entry: Entry,
  onChoose: (index: number) => void,
): void {
  const stage = photo.parentElement;
  const old = stage?.parentElement?.querySelector('.face-picks');
  const focused = old?.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset['face']
    : undefined;
  old?.remove();
  const { sighting } = entry;
  if (!stage || !sighting || sighting.faces.length < 2) return;
  const picks = create('div', 'face-picks');
  stage.after(picks);
  sighting.faces.forEach((face, index) => {
    const button = facePick(entry.url, sighting, face.box);
    button.dataset['face'] = String(index);
    button.setAttribute('aria-pressed', String(index === entry.chosen));
    const where = place(face.box, sighting.width);
    button.setAttribute(
      'aria-label',
      `Compare face ${index + 1} of ${sighting.faces.length}, ${where}`,
    );
    button.addEventListener('click', () => onChoose(index));
    picks.append(button);
    if (focused === String(index)) button.focus({ preventScroll: true });
  });
}

function facePick(url: string, { width, height }: Size, box: Box): HTMLButtonElement {
  const button = create('button', 'pick');
  button.type = 'button';
  // The circle shows a little more than the box.
  const side = 1.3 * Math.max(box.width, box.height);
  const [x, y] = [box.left + (box.width - side) / 2, box.top + (box.height - side) / 2];
  const svg = createSvg('svg', { viewBox: `${x} ${y} ${side} ${side}`, 'aria-hidden': 'true' });
  svg.append(createSvg('image', { href: url, width, height }));
  button.append(svg);
  return button;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(3)}%`;
}

/** Where in the photo, for those who do not see it. */
function place({ left, width }: Box, photoWidth: number): string {
  const centre = (left + width / 2) / photoWidth;
  return centre < 0.4 ? 'on the left' : centre > 0.6 ? 'on the right' : 'in the middle';
}
