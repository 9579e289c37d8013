import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { root } from './browser.js';

export const SIZES = [
  ['narrow', 320, 640],
  ['phone', 390, 844],
  ['tablet', 820, 1180],
  ['desktop', 1280, 860],
  ['wide', 1920, 1080],
] as const;

/** A picture of the whole page, in build/screenshots, for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = join(root, 'build/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({
    path: join(folder, `${name}.png`),
    fullPage: true,
    animations: 'disabled',
  });
}

/** Elements that reach beyond the window's sides; photos do, within stages that cut them off. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const seen = [
      ...document.querySelectorAll('body *:not(.unseen, .photo, .photo *, svg *)'),
    ].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 0 && (left < -1 || right > width + 1);
    });
    const scrolls =
      document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
    return [
      ...scrolls,
      ...seen.map((element) => `${element.tagName}.${element.getAttribute('class')}`),
    ];
  });
}

/** What is to be pressed and is smaller than a finger's 44 px (WCAG 2.2, 2.5.5). */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const least = 43.5; // Layout rounds.
    const sizes = [...document.querySelectorAll('button, summary, a, label.segment')].map(
      (element) => {
        const { width, height } = element.getBoundingClientRect();
        if (width === 0 || getComputedStyle(element).visibility === 'hidden') return null;
        return height < least ? `${element.tagName}#${element.id} ${Math.round(height)} px` : null;
      },
    );
    return sizes.filter((size) => size !== null);
  });
}
