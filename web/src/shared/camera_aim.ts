import type { Box, GuideKind } from 'visavis';

/** In pixels of the viewfinder, or of the video. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A photo page's width over its height: 125 by 88 mm (ICAO 9303, TD3). */
const PAGE_RATIO = 125 / 88;
/** How much more than the frame is taken on each side, as nobody holds a page exactly. */
const PAGE_MARGIN = 0.06;

/** Where the face or the page belongs, in pixels of the viewfinder: an oval's box, or a frame. */
export function aimOf(kind: GuideKind, { width, height }: Size): Box {
  if (kind === 'document') {
    const wide = Math.min(0.92 * width, 0.84 * height * PAGE_RATIO);
    return boxAround(width / 2, height / 2, wide, wide / PAGE_RATIO);
  }
  // Before a phone held upright a face is nearer, and there is room above and below.
  const wide = width < height ? 0.52 * width : 0.44 * height;
  return boxAround(width / 2, 0.46 * height, wide, (wide * 5.5) / 4);
}

/**
 * The part of the video that is taken, in shares of it: for a selfie all that the viewfinder shows (it fills the
 * viewfinder, so that two sides may be cut off), for a document the frame with a margin.
 */
export function viewOf(kind: GuideKind, video: Size, finder: Size): Box {
  const scale = Math.max(finder.width / video.width, finder.height / video.height);
  // No finder, no scale: while it is hidden all is seen.
  if (!(scale > 0) || !Number.isFinite(scale)) return { left: 0, top: 0, width: 1, height: 1 };
  const seen = { width: video.width * scale, height: video.height * scale };
  const part = kind === 'document' ? grown(aimOf(kind, finder)) : boxOf(finder);
  const left = Math.max(0, part.left);
  const top = Math.max(0, part.top);
  return {
    left: (left + (seen.width - finder.width) / 2) / seen.width,
    top: (top + (seen.height - finder.height) / 2) / seen.height,
    width: (Math.min(finder.width, part.left + part.width) - left) / seen.width,
    height: (Math.min(finder.height, part.top + part.height) - top) / seen.height,
  };
}

/** The outline from its top on, clockwise, as an SVG path. */
export function outlineOf(kind: GuideKind, { left, top, width, height }: Box): string {
  const middle = left + width / 2;
  if (kind === 'selfie') {
    const arc = `a${width / 2} ${height / 2} 0 0 1 0`;
    return `M${middle} ${top}${arc} ${height}${arc} ${-height}z`;
  }
  const r = 12;
  const corner = (x: number, y: number): string => `a${r} ${r} 0 0 1 ${x} ${y}`;
  const [right, bottom] = [left + width, top + height];
  return (
    `M${middle} ${top}H${right - r}${corner(r, r)}V${bottom - r}${corner(-r, r)}` +
    `H${left + r}${corner(-r, -r)}V${top + r}${corner(r, -r)}z`
  );
}

/** The portrait and the two lines of text on a photo page, faintly, to show how it is meant. */
export function pageOf({ left, top, width, height }: Box): string {
  const x = (share: number): number => left + share * width;
  const y = (share: number): number => top + share * height;
  return (
    `M${x(0.05)} ${y(0.16)}H${x(0.32)}V${y(0.66)}H${x(0.05)}z` +
    `M${x(0.05)} ${y(0.83)}H${x(0.95)}M${x(0.05)} ${y(0.91)}H${x(0.95)}`
  );
}

function boxAround(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, width, height };
}

function boxOf({ width, height }: Size): Box {
  return { left: 0, top: 0, width, height };
}

function grown({ left, top, width, height }: Box): Box {
  const margin = PAGE_MARGIN * width;
  return {
    left: left - margin,
    top: top - margin,
    width: width + 2 * margin,
    height: height + 2 * margin,
  };
}
