import type { Browser, Locator, Page } from 'playwright-core';

import { open, type Opened, type OpenOptions, type Site } from './browser.js';

export type Dots = readonly (readonly [number, number])[];

/** Signs as strokes of dots, in shares of a sheet. */
export const RING: Dots[] = [
  Array.from(
    { length: 17 },
    (_, i) =>
      [0.5 + 0.3 * Math.cos((i * Math.PI) / 8), 0.5 + 0.3 * Math.sin((i * Math.PI) / 8)] as const,
  ),
];
export const CROSS: Dots[] = [
  [
    [0.2, 0.2],
    [0.5, 0.5],
    [0.8, 0.8],
  ],
  [
    [0.8, 0.2],
    [0.5, 0.5],
    [0.2, 0.8],
  ],
];
export const LADDER: Dots[] = [0.2, 0.4, 0.6, 0.8].map((y) => [
  [0.15, y],
  [0.85, y],
]);

export function openTeach(
  browser: Browser,
  site: Site,
  options: OpenOptions = {},
): Promise<Opened> {
  return open(browser, site, { path: 'teach.html', ...options });
}

export const card = (page: Page, place: number): Locator => page.locator('.card').nth(place);
export const query = (page: Page): Locator => page.locator('#query');

/** Draws by the mouse; `shake` moves and shrinks the sign a little, as another hand would. */
export async function draw(sheet: Locator, sign: readonly Dots[], shake = 0): Promise<void> {
  await sheet.scrollIntoViewIfNeeded();
  const box = (await sheet.boundingBox())!;
  const mouse = sheet.page().mouse;
  const side = Math.min(box.width, box.height);
  const place = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + (box.width - side) / 2 + side * (x * (1 - shake) + shake * 0.8),
    box.y + (box.height - side) / 2 + side * (y * (1 - shake) + shake * 0.3),
  ];
  for (const [start, ...rest] of sign) {
    await mouse.move(...place(start!));
    await mouse.down();
    for (const dot of rest) await mouse.move(...place(dot));
    await mouse.up();
  }
}

/** Draws an example and adds it. */
export async function teach(
  page: Page,
  place: number,
  sign: readonly Dots[],
  shake = 0,
): Promise<void> {
  const before = await thumbs(page, place).count();
  await draw(card(page, place).locator('.sheet'), sign, shake);
  await card(page, place).locator('.add').click();
  await thumbs(page, place).nth(before).locator('canvas').waitFor();
}

export function thumbs(page: Page, place: number): Locator {
  return card(page, place).locator('.thumb');
}

export async function name(page: Page, place: number, text: string): Promise<void> {
  const field = card(page, place).locator('.card-name');
  await field.fill(text);
  await field.press('Enter');
}

/** The bars as they are read: name and share. */
export function bars(page: Page): Promise<string[]> {
  return page
    .locator('#bars:visible .bar')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('.bar-name, .bar-share')]
          .map((part) => part.textContent)
          .join(' '),
      ),
    );
}

export function best(page: Page): Promise<string> {
  return page.locator('.bar.is-best .bar-name').innerText();
}
