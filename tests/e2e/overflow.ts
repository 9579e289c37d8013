import type { Page } from 'playwright-core';

/** Elements that reach beyond the window's sides. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const seen = [...document.querySelectorAll('body *:not(.unseen, .faces *)')].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 0 && (left < -1 || right > width + 1);
    });
    const scrolls = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
    return [...scrolls, ...seen.map((element) => `${element.tagName}.${element.getAttribute('class')}`)];
  });
}
