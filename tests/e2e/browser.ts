import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

import { createPageServer, listen } from '../../web/serve.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const dist = join(root, 'web/dist');
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

export async function launch(...flags: string[]): Promise<Browser> {
  if (!existsSync(join(dist, 'index.html')))
    throw new Error(`${dist} holds no page: build it first (./run --build-only)`);
  if (!existsSync(executablePath))
    throw new Error(`no Chromium at ${executablePath}: install it or set CHROMIUM`);
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

export interface Site {
  readonly address: string;
  /** What it was asked for, by pages and service workers alike. */
  readonly asked: readonly string[];
  close(): void;
}

/** The built page on loopback, under a path of its own. */
export async function serve(base = '/', folder = dist): Promise<Site> {
  const asked: string[] = [];
  const server: Server = createPageServer(folder, base);
  server.on('request', ({ url }) => asked.push(url ?? ''));
  const address = await listen(server, 18_080, base);
  return {
    address,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The page open, and everything it should not do. */
export interface Opened {
  readonly page: Page;
  /** Console errors and warnings, uncaught exceptions, violations of the security policy. */
  readonly complaints: string[];
  readonly requests: string[];
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Called before the page loads. */
  prepare?: (page: Page) => Promise<void>;
  /** False where loading is expected to fail. */
  ready?: boolean;
  /** Of the site's; the comparison by default. */
  path?: string;
  /** Whether the page keeps a copy of itself; it does not by default, which is faster. */
  keepsOffline?: boolean;
}

export async function open(
  browser: Browser,
  site: Site,
  options: OpenOptions = {},
): Promise<Opened> {
  const { prepare, ready = true, path = '', keepsOffline = false, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  context.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI}`);
    });
  });
  // As in a browser without them.
  if (!keepsOffline)
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
  await prepare?.(page);
  await page.goto(site.address + path);
  if (ready) await page.locator('#loading').waitFor({ state: 'hidden' });
  return { page, complaints, requests, close: () => context.close() };
}

export type Slot = 'passport' | 'selfie';

/** Chooses a file and waits until the slot has dealt with it. */
export async function choose(page: Page, slot: Slot, file: string | FilePayload): Promise<void> {
  await page.locator(`#${slot} input`).setInputFiles(file);
  await settled(page, slot);
}

export interface FilePayload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export async function settled(page: Page, slot: Slot): Promise<void> {
  await page.locator(`#${slot}:is([data-state=ready], [data-state=failed])`).waitFor();
}

/** The outcome, once there is one. */
export async function outcome(page: Page): Promise<'match' | 'review' | 'mismatch'> {
  const body = page.locator(
    'body:is([data-outcome=match], [data-outcome=review], [data-outcome=mismatch])',
  );
  return (await body.getAttribute('data-outcome')) as 'match' | 'review' | 'mismatch';
}

export function problem(page: Page, slot: Slot): Promise<string> {
  return page.locator(`#${slot} .problem`).innerText();
}
