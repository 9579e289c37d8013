/** How a photo came to the page. What was dropped is a file. */
export type CaptureWay = 'camera' | 'file' | 'pasted';
