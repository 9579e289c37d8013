import { framed, pathOf, PEN, SIDE, type Stroke } from './strokes';

/** Black on white, anti-aliased, as large as Omniglot's images; the core shrinks it for the network as it does those. */
export function drawCharacter(strokes: readonly Stroke[]): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('The browser gave no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.strokeStyle = '#000';
  context.lineWidth = PEN;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of framed(strokes)) context.stroke(new Path2D(pathOf(stroke)));
  return context.getImageData(0, 0, SIDE, SIDE);
}
