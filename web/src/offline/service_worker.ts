/// <reference lib="webworker" />
export {}; // A module, so that this file's `self` is not the page's.

/**
 * Keeps a copy of the whole page, so that it opens and works without a connection. A copy is of one build: what it
 * holds fits together, and the next build's copy takes over only when the user says so or when no page is open.
 */
declare const self: ServiceWorkerGlobalScope;

/** What the build puts in: offline.mjs. */
interface Precached {
  /** Relative to the page. */
  readonly url: string;
  /** Of files whose name has no hash: that of their content. */
  readonly revision: string | null;
  /** Only for pages that compute with this WebAssembly file. */
  readonly variant: string | null;
}
declare const FILES: readonly Precached[];
declare const VERSION: string;

const OURS = 'visavis-page-';
const CACHE = OURS + VERSION;
/** Photos on their way from another app to the page, which empties it. */
const SHARED = 'visavis-shared';

const scope = new URL(self.registration.scope);
const wantedVariant = new URL(self.location.href).searchParams.get('variant');

self.addEventListener('install', (event) => event.waitUntil(precache()));

self.addEventListener('activate', (event) =>
  event.waitUntil(
    caches.keys().then((names) => {
      const old = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
      return Promise.all(old.map((name) => caches.delete(name)));
    }),
  ),
);

self.addEventListener('message', ({ data }) => {
  if (data === 'take-over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  if (request.method === 'GET') event.respondWith(answer(request));
  else if (request.method === 'POST' && url.pathname === `${scope.pathname}share-target`)
    event.respondWith(takeShared(request));
});

/** One after the other: the page may still be busy. Fails as a whole, for half a copy is none. */
async function precache(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const { url, revision, variant } of FILES) {
    if (variant !== null && variant !== wantedVariant) continue;
    const address = new URL(url, scope);
    // What has a hash in its name is the same in every build that has it.
    const had = revision === null ? await caches.match(address) : undefined;
    await cache.put(address, had ?? (await fetched(address, revision)));
  }
}

async function fetched(address: URL, revision: string | null): Promise<Response> {
  const response = await fetch(address, { cache: revision === null ? 'default' : 'no-cache' });
  if (!response.ok) throw new Error(`${address.pathname}: status ${response.status}`);
  if (!response.redirected) return response;
  // Browsers refuse to open a page by an answer that was redirected, as hosts do for teach.html.
  return new Response(response.body, { headers: response.headers });
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  // What follows the ? is the page's business. Vary tells of compression, which is undone by now.
  const ignoreSearch = request.mode === 'navigate';
  return (await cache.match(request, { ignoreSearch, ignoreVary: true })) ?? fetch(request);
}

/** The "Share" of a phone's gallery: keeps the photos until the page, which opens next, takes them. */
async function takeShared(request: Request): Promise<Response> {
  const photos = (await request.formData()).getAll('photos');
  await caches.delete(SHARED);
  const cache = await caches.open(SHARED);
  for (const [i, photo] of photos.entries()) {
    if (!(photo instanceof File)) continue;
    const headers = { 'content-type': photo.type, 'x-name': encodeURIComponent(photo.name) };
    await cache.put(new URL(`shared/${i}`, scope), new Response(photo, { headers }));
  }
  return Response.redirect(new URL('./?shared', scope).href, 303);
}
