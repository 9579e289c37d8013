import type { EmbeddedImage } from 'visavis';

/** Puts what the network saw onto a canvas, which takes on its size. */
export function drawPixels(
  canvas: HTMLCanvasElement,
  { width, height, data }: EmbeddedImage['crop'],
): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(data, width), 0, 0);
}
