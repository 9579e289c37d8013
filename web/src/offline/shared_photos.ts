/** As service_worker.ts calls it. */
const SHARED = 'visavis-shared';

/** Photos that another app shared with the page, by "Share"; they are kept nowhere else afterwards. */
export async function takeSharedPhotos(): Promise<File[]> {
  const address = new URL(location.href);
  if (!address.searchParams.has('shared') || !('caches' in globalThis)) return [];
  address.searchParams.delete('shared');
  history.replaceState(null, '', address);
  const cache = await caches.open(SHARED);
  const requests = await cache.keys();
  const files = await Promise.all(
    requests.map(async (request) => fileOf(await cache.match(request))),
  );
  await caches.delete(SHARED);
  return files.filter((file) => file !== null);
}

async function fileOf(response: Response | undefined): Promise<File | null> {
  if (!response) return null;
  const blob = await response.blob();
  const name = decodeURIComponent(response.headers.get('x-name') ?? '');
  return new File([blob], name, { type: blob.type });
}
