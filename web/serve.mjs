// Serves web/dist on this machine, with the headers that any host of the page should send.
// Usage: node serve.mjs [--port 8080] [--base /some/path/] [--root FOLDER]
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.visavis': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
};

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
    "img-src 'self' blob: data:; style-src 'self'; font-src 'self'; media-src blob:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** A server of `root` under the path `base`, not yet listening. */
export function createPageServer(root, base = '/') {
  return createServer(async (request, response) => {
    const answer = (status, headers = {}, text = '') => {
      response.writeHead(status, { ...HEADERS, ...headers }).end(text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { Allow: 'GET, HEAD' });
    const file = fileFor(root, base, request.url ?? '/');
    const found = file && (await stat(file).catch(() => null));
    if (!found?.isFile()) return answer(404, { 'Content-Type': 'text/plain' }, 'Not found\n');
    const headers = {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
      // Vite puts a hash of the content into the name of everything in assets/.
      'Cache-Control': file.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (request.method === 'HEAD') return answer(200, headers);
    response.writeHead(200, { ...HEADERS, ...headers });
    createReadStream(file).pipe(response);
  });
}

/** The file that an address means, or null where it leads out of the folder. */
function fileFor(root, base, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    if (!path.startsWith(base) || path.includes('\0')) return null;
    const file = normalize(join(root, path.slice(base.length), path.endsWith('/') ? 'index.html' : ''));
    return file.startsWith(normalize(root) + sep) ? file : null;
  } catch {
    return null;
  }
}

/** Listens on loopback at `port` or the next free one; resolves to the page's address. */
export function listen(server, port, base = '/') {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE' && port < 65535) resolve(listen(server, port + 1, base));
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(`http://localhost:${server.address().port}${base}`));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      base: { type: 'string', default: '/' },
      root: { type: 'string', default: fileURLToPath(new URL('dist', import.meta.url)) },
    },
  });
  if (!existsSync(join(values.root, 'index.html'))) {
    console.error(`${values.root} holds no page: build it first (npm run build, or ./run at the top).`);
    process.exit(2);
  }
  const address = await listen(createPageServer(values.root, values.base), Number(values.port), values.base);
  console.log(`visavis is at ${address} (this machine only; Ctrl-C stops it)`);
}
