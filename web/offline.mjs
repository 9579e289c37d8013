import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import sharp from 'sharp';
import { transformWithEsbuild } from 'vite';

/** What makes the built page installable and lets it work without a connection; and its files compressed. */
export const offline = {
  name: 'offline',
  apply: 'build',
  enforce: 'post',
  transformIndexHtml: {
    order: 'post',
    handler: () => [
      link({ rel: 'manifest', href: './manifest.webmanifest' }),
      link({ rel: 'apple-touch-icon', href: './apple-touch-icon.png' }),
    ],
  },
  generateBundle: {
    order: 'post',
    async handler(_, bundle) {
      const emit = (fileName, source) => this.emitFile({ type: 'asset', fileName, source });
      emit('manifest.webmanifest', JSON.stringify(MANIFEST, null, 2));
      for (const [name, picture] of Object.entries(await icons())) emit(name, picture);
      emit('sw.js', await serviceWorker(precached(bundle)));
    },
  },
  writeBundle: ({ dir }, bundle) => compress(dir, Object.keys(bundle)),
};

function link(attrs) {
  return { tag: 'link', attrs, injectTo: 'head' };
}

const MANIFEST = {
  id: './',
  name: 'visavis',
  short_name: 'visavis',
  description:
    'Compares a passport photo with a selfie on this device. The photos are sent nowhere.',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#f3f4f8',
  theme_color: '#f3f4f8',
  icons: [
    { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
  // "Share" in a phone's gallery; src/offline/service_worker.ts takes the photos.
  share_target: {
    action: './share-target',
    method: 'POST',
    enctype: 'multipart/form-data',
    params: { files: [{ name: 'photos', accept: ['image/*'] }] },
  },
};

/** PNGs of the icon: as it is; and for systems that cut its corners themselves, the ground to the edges. */
async function icons() {
  const icon = readFileSync(new URL('src/icon.svg', import.meta.url), 'utf8');
  // Whatever shape a system cuts, the middle circle of 80% stays (W3C, Web Application Manifest, "maskable").
  const inner = 'translate(16 16) scale(0.85) translate(-16 -16)';
  const whole = icon
    .replace(/ rx="\d+"/, '')
    .replace(/(<path[^>]*>)/, `<g transform="${inner}">$1</g>`);
  if (whole === icon || !whole.includes(inner)) throw new Error('icon.svg is drawn in another way');
  const png = (svg, side) =>
    sharp(Buffer.from(svg), { density: (72 * side) / 32 })
      .resize(side, side)
      .png()
      .toBuffer();
  return {
    'icon-192.png': await png(icon, 192),
    'icon-512.png': await png(icon, 512),
    'icon-maskable.png': await png(whole, 512),
    'apple-touch-icon.png': await png(whole, 180),
  };
}

/** All files of the page; those without a hash in their name with that of their content. */
function precached(bundle) {
  return Object.entries(bundle)
    .filter(([name]) => !name.endsWith('.map'))
    .map(([name, file]) => ({
      // Hosts answer for index.html by a redirection to its folder.
      url: name === 'index.html' ? './' : name,
      revision: name.startsWith('assets/') ? null : hash(file.source ?? file.code),
      variant: /\/visavis(-relaxed)?-[^/]*\.wasm$/.test(name)
        ? name.includes('-relaxed')
          ? 'relaxed'
          : 'baseline'
        : null,
    }));
}

async function serviceWorker(files) {
  const name = 'src/offline/service_worker.ts';
  const source = readFileSync(new URL(name, import.meta.url), 'utf8');
  const { code } = await transformWithEsbuild(source, name, {
    format: 'iife',
    minify: true,
    sourcemap: false,
  });
  const list = JSON.stringify(files);
  return `const FILES=${list},VERSION="${hash(list)}";\n${code}`;
}

function hash(content) {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** Of what is compressed already little is gained. */
const LEAST_GAIN = 0.03;

/** Beside each file FILE.br and FILE.gz, for servers that send those to whoever takes them (serve.mjs does). */
async function compress(folder, names) {
  const worth = names.filter((name) => !/\.(map|png|woff2)$/.test(name));
  await Promise.all(
    worth.map(async (name) => {
      const path = join(folder, name);
      const bytes = await readFile(path);
      // Weights are nearly noise: the slowest search finds little more in them, and takes seconds.
      const quality = name.endsWith('.visavis') ? 9 : constants.BROTLI_MAX_QUALITY;
      const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
      for (const [ending, small] of [
        ['br', await promisify(brotliCompress)(bytes, { params })],
        ['gz', await promisify(gzip)(bytes, { level: 9 })],
      ]) {
        if (small.length <= bytes.length * (1 - LEAST_GAIN))
          await writeFile(`${path}.${ending}`, small);
      }
    }),
  );
}
