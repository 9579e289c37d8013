import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../wasm/dist/', import.meta.url));

/** The policy that the package's readme states, and nothing more. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const PAGE = '<!doctype html><title>visavis</title><script type="module" src="/page.js"></script>';
const SCRIPT = "import { Visavis } from '/index.js'; window.Visavis = Visavis;";

/**
 * wasm/dist, or another build's, as any static host would serve it, unbundled, with a page that puts Visavis on window.
 * @param {{ policy?: string, dist?: string }} [options] policy: Content-Security-Policy of every answer
 * @returns {Promise<{ server: import('node:http').Server, address: string }>}
 */
export function serveDist({ policy = POLICY, dist = DIST } = {}) {
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    const file = join(dist, path);
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
    if (path === '/') return response.setHeader('Content-Type', 'text/html').end(PAGE);
    if (path === '/page.js') return response.end(SCRIPT);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response.end(await readFile(file));
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, address: `http://127.0.0.1:${server.address().port}/` }),
    ),
  );
}
