import { byId, setText } from './dom';

/** Counts what the page asks the network for since it was last ready, by the browser's own record. */
export function countRequests(): { start(): void } {
  let count = 0;
  let readyAt = Infinity;
  const show = () => {
    const times = count === 1 ? '1 request' : `${count} requests`;
    setText(
      byId('requests'),
      `${times} by this page since it was ready, as the browser counts them.`,
    );
  };
  const observer = new PerformanceObserver((list) => {
    const late = list
      .getEntries()
      .filter(({ name, startTime }) => isNetwork(name) && startTime > readyAt);
    count += late.length;
    if (readyAt < Infinity) show();
  });
  observer.observe({ type: 'resource' });
  return {
    start() {
      count = 0;
      readyAt = performance.now();
      show();
    },
  };
}

/** The photos themselves are shown through blob: addresses, which never leave the page. */
function isNetwork(address: string): boolean {
  return /^(https?|wss?):/.test(address);
}
