import { OUTCOME_SHAPES } from '../shared/outcome_shapes';
import { clipped, html, Markup, shownName } from './markup';
import type { PhotoRecord, Report } from './report';
import { DOCUMENT_STYLE, REPORT_STYLE } from './report_style';
import {
  alikeWords,
  boundsWords,
  CAPTURE_WAYS,
  distanceWords,
  facesWords,
  FEATURE_NAMES,
  FINDING_NAMES,
  intervalWords,
  lightWords,
  percentWords,
  pixelsWords,
  poseWords,
  REPORT_WORDS as WORDS,
  sizeWords,
  versionWords,
} from './report_words';

/** No script, no request: what opens the file can be sure of that. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The report as one file that needs nothing else; it prints on one page of A4. */
export function reportDocument(report: Report): string {
  const { text } = html`<!doctype html>
    <html lang="${report.language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <meta name="referrer" content="no-referrer" />
        <title>${WORDS.title}: ${report.words.headline}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Markup(REPORT_STYLE + DOCUMENT_STYLE)}
        </style>
      </head>
      <body>
        ${reportBody(report)}
      </body>
    </html>`;
  return `${text.replace(/^ +/gm, '')}\n`;
}

/** What the file and the page's print share. */
export function reportBody(report: Report): Markup {
  const { words, made } = report;
  return html`<article class="report" data-outcome="${report.decision.outcome}">
    <header>
      <p class="title">${WORDS.title}</p>
      <p>
        ${WORDS.time}
        <time datetime="${made.time}">${clockWords(made.time)}</time> (${made.timeZone})
      </p>
    </header>
    ${outcome(report)} ${pictures(report)} ${photoTable(report)} ${decisionTable(report)}
    ${makingTable(report)}
    <p class="limits">${words.limits}</p>
    <footer>
      ${[WORDS.checkedBy, WORDS.humanDecision, WORDS.signature].map((word) => html`<p>${word}</p>`)}
    </footer>
  </article>`;
}

function outcome({ decision, words }: Report): Markup {
  const lines = [words.cause, words.evidence].filter(Boolean);
  return html`<section class="outcome">
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path fill-rule="evenodd" d="${OUTCOME_SHAPES[decision.outcome]}" />
    </svg>
    <div>
      <h1>${words.headline}</h1>
      <p class="lead">${words.lead}</p>
      ${lines.map((line) => html`<p>${line}</p>`)}
    </div>
  </section>`;
}

function pictures({ photos }: Report): Markup {
  const shown = [
    picture(photos.passport, WORDS.passport),
    picture(photos.selfie, WORDS.selfie),
  ].filter((figure) => figure !== null);
  if (shown.length === 0) return html`<p class="left-out">${WORDS.photosLeftOut}</p>`;
  return html`<section class="pictures">${shown}</section>`;
}

function picture(photo: PhotoRecord, title: string): Markup | null {
  if (photo.picture === null && photo.alignedFace === null) return null;
  return html`<figure>
    ${wholePhoto(photo, title)}
    ${
      photo.alignedFace &&
      html`<img class="aligned" src="${photo.alignedFace}" alt="${title}: ${WORDS.alignedFace}" />`
    }
    <figcaption>${title}</figcaption>
  </figure>`;
}

/** With a frame round the face that was compared. */
function wholePhoto({ picture: source, width, height, face }: PhotoRecord, title: string) {
  if (source === null) return null;
  const line = Math.max(width, height) / 120;
  return html`<svg
    class="photo"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="xMinYMin meet"
    role="img"
    aria-label="${title}"
  >
    <image href="${source}" width="${width}" height="${height}" />
    <g fill="none" stroke="#fff" stroke-width="${line}">
      <rect
        x="${face.left}"
        y="${face.top}"
        width="${face.width}"
        height="${face.height}"
        stroke="#13151e"
        stroke-width="${line * 2}"
        stroke-opacity="0.45"
      />
      <rect x="${face.left}" y="${face.top}" width="${face.width}" height="${face.height}" />
    </g>
  </svg>`;
}

type Row = readonly [name: string, ...cells: (string | Markup)[]];

function table(title: string, rows: readonly Row[], heads: readonly string[] = []): Markup {
  const head =
    heads.length === 0
      ? null
      : html`<thead>
          <tr>
            <td></td>
            ${heads.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>`;
  const body = rows.map(
    ([name, ...cells]) =>
      html`<tr>
        <th scope="row">${name}</th>
        ${cells.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  );
  return html`<h2>${title}</h2>
    <table>
      ${head}
      <tbody>
        ${body}
      </tbody>
    </table>`;
}

const PHOTO_ROWS: readonly [string, (photo: PhotoRecord) => string | Markup][] = [
  [WORDS.file, ({ name }) => html`<bdi>${shownName(name)}</bdi>`],
  [WORDS.sha256, ({ sha256 }) => hash(sha256)],
  [WORDS.size, sizeWords],
  [WORDS.capture, ({ capture }) => CAPTURE_WAYS[capture]],
  [WORDS.faces, ({ faces, confidence }) => facesWords(faces, confidence)],
  [WORDS.eyeDistance, ({ quality }) => pixelsWords(quality.eyeDistance)],
  [WORDS.light, ({ quality }) => lightWords(quality.brightness, quality.contrast)],
  [WORDS.sharpness, ({ quality }) => quality.sharpness.toFixed(3)],
  [WORDS.pose, ({ quality }) => poseWords(quality.yaw, quality.visible)],
  [
    WORDS.issues,
    ({ quality }) => quality.issues.map(({ message }) => message).join(' ') || WORDS.none,
  ],
];

function photoTable({ photos }: Report): Markup {
  const { passport, selfie } = photos;
  const rows = PHOTO_ROWS.map(([name, cell]): Row => [name, cell(passport), cell(selfie)]);
  return table(WORDS.photos, rows, [WORDS.passport, WORDS.selfie]);
}

function decisionTable(report: Report): Markup {
  const { decision, words } = report;
  const { distance, bounds, fmr, fnmr, odds, alike, measuredOn } = decision;
  const amongAlike = alike === null ? '' : alikeWords(alike.groupedBy, alike.odds);
  return table(WORDS.decision, [
    [WORDS.distance, distanceWords(distance)],
    [WORDS.bounds, boundsWords(bounds, words.policy)],
    [WORDS.strangers, `${odds} (${intervalWords(fmr.low, fmr.high)})${amongAlike}`],
    [WORDS.samePerson, `${percentWords(fnmr.value)} (${intervalWords(fnmr.low, fnmr.high)})`],
    [WORDS.measuredOn, measuredOn],
    ...eyeRow(report),
  ]);
}

function eyeRow({ byEye }: Report): Row[] {
  if (byEye.length === 0) return [];
  const found = byEye.map(
    ({ feature, finding }) => `${FEATURE_NAMES[feature]}: ${FINDING_NAMES[finding]}`,
  );
  return [[WORDS.byEye, found.join(' · ')]];
}

function makingTable({ made }: Report): Markup {
  return table(WORDS.made, [
    [WORDS.version, versionWords(made.visavis, made.model.name)],
    [WORDS.modelFile, hash(made.model.sha256)],
    [WORDS.browser, clipped(made.browser, 140)],
  ]);
}

function hash(sha256: string | null): string | Markup {
  return sha256 === null ? WORDS.notHashed : html`<code>${sha256}</code>`;
}

/** "2026-11-28T22:43:57+01:00" to "2026-11-28 22:43:57 +01:00". */
function clockWords(time: string): string {
  return time.replace('T', ' ').replace(/([+-]\d\d:\d\d)$/, ' $1');
}
