import { create } from '../shared/dom';
import type { Problem } from '../shared/messages';
import type { Thumbnail } from './state';

export function thumbnailCanvas(thumbnail: Thumbnail): HTMLCanvasElement {
  const canvas = create('canvas');
  drawThumbnail(canvas, thumbnail);
  return canvas;
}

export function drawThumbnail(canvas: HTMLCanvasElement, { width, height, data }: Thumbnail): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(data, width), 0, 0);
}

export function showProblem(line: HTMLElement, problem: Problem | null): void {
  line.hidden = !problem;
  line.replaceChildren();
  if (problem) line.append(create('strong', '', problem.title), ` ${problem.advice}`);
}
