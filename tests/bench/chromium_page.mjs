import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../package.json', import.meta.url))('playwright-core');

export function launchChromium() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
}

/** What `use` makes of a page of Chromium that has opened the address. */
export async function inChromium(address, use) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(address);
    return await use(page);
  } finally {
    await browser.close();
  }
}
