import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createPageServer, listen } from '../../web/serve.mjs';

const script = fileURLToPath(new URL('../../web/serve.mjs', import.meta.url));
const run = fileURLToPath(new URL('../../run', import.meta.url));
let root: string;
/** A port that somebody has. */
const holder = createServer();
let taken: number;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'visavis-page-'));
  await writeFile(join(root, 'index.html'), 'hello');
  await writeFile(join(root, 'large.visavis'), Buffer.alloc(8 << 20));
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  taken = (holder.address() as AddressInfo).port;
});
afterAll(() => holder.close());

function refusal(program: string, args: string[]) {
  const command =
    program === run ? [run, ...args] : [process.execPath, script, '--root', root, ...args];
  const { status, stderr, stdout } = spawnSync(command[0]!, command.slice(1), {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: .*\n$/);
  return stderr;
}

test('a port that is none is refused in one line, by ./run before it builds', () => {
  for (const program of [script, run]) {
    for (const port of ['99999', '65536', '0', 'nan', '80a', '8e3', ' 80', '']) {
      expect(refusal(program, [`--port`, port])).toContain('from 1 to 65535');
    }
    expect(refusal(program, ['--port', String(taken)])).toContain(`port ${taken} is in use`);
  }
});

test('other options are refused in one line', () => {
  expect(refusal(script, ['--prot', '1'])).toContain('--prot');
  expect(refusal(script, ['--base', 'x'])).toContain('slash');
  expect(refusal(script, ['--root', '/nowhere'])).toContain('holds no page');
});

test('a folder is served with or without a slash at its end', async () => {
  const child = spawn(process.execPath, [script, '--root', `${root}/`]);
  const [line] = await once(child.stdout, 'data');
  const address = /http:\S+/.exec(String(line))![0];
  expect(await (await fetch(address)).text()).toBe('hello');
  child.kill();
});

test('what the build compressed is sent to whoever takes it', async () => {
  await writeFile(join(root, 'page.js'), 'whole');
  await writeFile(join(root, 'page.js.br'), brotliCompressSync('whole'));
  await writeFile(join(root, 'page.js.gz'), gzipSync('whole'));
  await writeFile(join(root, 'plain.js'), 'plain');
  const server = createPageServer(root);
  const address = await listen(server, 18_400);
  const encodingOf = async (file: string, accepted: string) => {
    // fetch() names the encodings that it takes itself.
    const [response] = (await once(
      get(address + file, { agent: false, headers: { 'Accept-Encoding': accepted } }),
      'response',
    )) as [IncomingMessage];
    const body = Buffer.concat(await response.toArray());
    const { headers } = response;
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers.vary).toBe('Accept-Encoding');
    return headers['content-encoding'] ?? body.toString();
  };
  expect(await encodingOf('page.js', 'gzip, deflate, br')).toBe('br');
  expect(await encodingOf('page.js', 'br;q=0, gzip;q=0.5')).toBe('gzip');
  expect(await encodingOf('page.js', 'deflate')).toBe('whole');
  expect(await encodingOf('plain.js', 'gzip, br')).toBe('plain');
  server.close();
});

test('without a port the next free one is taken', async () => {
  const server = createPageServer(root);
  const address = await listen(server, taken);
  expect(Number(new URL(address).port)).toBeGreaterThan(taken);
  server.close();
});

test('a download that is broken off leaves no file open', async () => {
  const server = createPageServer(root);
  const address = await listen(server, 18_300);
  const open = async () => (await readdir('/proc/self/fd')).length;
  const before = await open();
  for (let i = 0; i < 20; i++) {
    await new Promise<void>((resolve) => {
      get(`${address}large.visavis`, (response) =>
        response.once('data', () => (response.destroy(), resolve())),
      );
    });
  }
  await expect.poll(open, { timeout: 5000 }).toBeLessThanOrEqual(before + 3);
  server.close();
});
