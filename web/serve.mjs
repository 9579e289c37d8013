// Serves web/dist on this machine, with the headers that any host of the page should send.
// Usage: node serve.mjs [--port N] [--base /some/path/] [--root FOLDER]
// Without --port: 8080, or the next free one.
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream';
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
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

/** What the build compressed (offline.mjs), the smaller first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
];

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
    "img-src 'self' blob: data:; style-src 'self'; font-src 'self'; manifest-src 'self'; media-src blob:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(405, { Allow: 'GET, HEAD' });
    const file = fileFor(root, base, request.url ?? '/');
    const found = file && (await stat(file).catch(() => null));
    if (!found?.isFile()) return answer(404, { 'Content-Type': 'text/plain' }, 'Not found\n');
    const { path, size, encoding } = await encoded(file, found.size, request);
    const headers = {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': size,
      ...(encoding && { 'Content-Encoding': encoding }),
      Vary: 'Accept-Encoding',
      // Vite puts a hash of the content into the name of everything in assets/.
      'Cache-Control': file.includes(`${sep}assets${sep}`)
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    };
    if (request.method === 'HEAD') return answer(200, headers);
    response.writeHead(200, { ...HEADERS, ...headers });
    // A download that is broken off closes the file too.
    pipeline(createReadStream(path), response, () => undefined);
  });
}

/** The file, or what the build compressed of it where the browser takes that. */
async function encoded(file, size, request) {
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
    .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
    .map(([name]) => name);
  for (const [encoding, ending] of ENCODINGS) {
    if (!accepted.includes(encoding)) continue;
    const found = await stat(file + ending).catch(() => null);
    if (found?.isFile()) return { path: file + ending, size: found.size, encoding };
  }
  return { path: file, size, encoding: undefined };
}

/** The file that an address means, or null where it leads out of the folder. */
function fileFor(root, base, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    if (!path.startsWith(base) || path.includes('\0')) return null;
    const file = normalize(
      join(root, path.slice(base.length), path.endsWith('/') ? 'index.html' : ''),
    );
    return file.startsWith(normalize(root) + sep) ? file : null;
  } catch {
    return null;
  }
}

/** Listens on loopback at `port` or the next free one; resolves to the page's address. */
export function listen(server, port, base = '/') {
  return listenAt(server, port, base).catch((error) => {
    if (error.code === 'EADDRINUSE' && port < 65535) return listen(server, port + 1, base);
    throw error;
  });
}

/** As listen, at this port alone. */
function listenAt(server, port, base) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://localhost:${server.address().port}${base}`);
    });
  });
}

const DEFAULT_PORT = 8080;

/** What the command line asks for. Throws an Error with one line for what makes no sense. */
function readCommandLine() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      base: { type: 'string', default: '/' },
      root: { type: 'string', default: fileURLToPath(new URL('dist', import.meta.url)) },
    },
  });
  const { port, base } = values;
  if (port !== undefined && !(/^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65535)) {
    throw new Error(`--port must be a whole number from 1 to 65535, not '${port}'`);
  }
  if (!base.startsWith('/') || !base.endsWith('/')) {
    throw new Error(`--base must begin and end with a slash, as /some/path/, not '${base}'`);
  }
  const root = resolve(values.root);
  if (!existsSync(join(root, 'index.html'))) {
    throw new Error(`${root} holds no page: build it first (npm run build, or ./run at the top)`);
  }
  return { port: port === undefined ? undefined : Number(port), base, root };
}

/** Why a port cannot be had, and what to do. */
function portProblem(error, port) {
  if (error.code === 'EADDRINUSE') {
    return `port ${port} is in use; name another, or leave --port out for the next free one from ${DEFAULT_PORT}`;
  }
  if (error.code === 'EACCES')
    return `port ${port} may not be used without rights of root; name one above 1023`;
  return `port ${port} cannot be used (${error.message})`;
}

async function main() {
  const { port, base, root } = readCommandLine();
  const server = createPageServer(root, base);
  const listening =
    port === undefined ? listen(server, DEFAULT_PORT, base) : listenAt(server, port, base);
  const address = await listening.catch((error) => {
    throw new Error(portProblem(error, port ?? DEFAULT_PORT));
  });
  console.log(`visavis is at ${address} (this machine only; Ctrl-C stops it)`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main().catch((error) => {
    console.error(`error: ${error.message.split('\n', 1)[0]}`);
    process.exit(2);
  });
}
