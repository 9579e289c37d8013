import type { WasmVariant } from 'visavis';

/** What the page tells of its copy on the device. */
export interface OfflineListeners {
  /** Opens and works without a connection from now on. */
  kept(): void;
  /** Another build waits; `apply` changes to it and loads the page again. */
  updateReady(apply: () => void): void;
}

/**
 * Has the browser keep a copy of the page. Resolves once that is done, or cannot be: then the page works as long as it is
 * open, which it would do anyway. It looks for another build when a page is opened, and at no other time.
 */
export async function keepOffline(
  variant: WasmVariant,
  listeners: OfflineListeners,
): Promise<void> {
  // Without https there are no service workers; while developing, the files change under them.
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  try {
    const registration = await navigator.serviceWorker.register(`./sw.js?variant=${variant}`);
    watchUpdates(registration, listeners);
    const worker = registration.active ?? registration.installing ?? registration.waiting;
    if (worker && (await settled(worker)) === 'activated') listeners.kept();
  } catch {
    // Storage may be full or forbidden.
  }
}

function watchUpdates(registration: ServiceWorkerRegistration, listeners: OfflineListeners): void {
  const offer = async (worker: ServiceWorker | null) => {
    // Where nothing is in control yet, the first copy is being made.
    if (!worker || !navigator.serviceWorker.controller) return;
    if (worker.state === 'installing') await changeOf(worker);
    if (worker.state === 'installed') listeners.updateReady(() => takeOver(worker));
  };
  void offer(registration.waiting ?? registration.installing);
  registration.addEventListener('updatefound', () => void offer(registration.installing));
}

function takeOver(worker: ServiceWorker): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
    once: true,
  });
  worker.postMessage('take-over');
}

/** The state in which it stays. */
async function settled(worker: ServiceWorker): Promise<ServiceWorkerState> {
  while (worker.state !== 'activated' && worker.state !== 'redundant') await changeOf(worker);
  return worker.state;
}

function changeOf(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) =>
    worker.addEventListener('statechange', () => resolve(), { once: true }),
  );
}
