/** Of the file alone: the sheet of paper. */
export const DOCUMENT_STYLE = `
@page { size: A4; margin: 12mm; }
:root { color-scheme: light; background: #fff; }
body { margin: 0; }
@media screen { body { padding: 8mm 4mm; } .report { margin-inline: auto; } }
`;

/**
 * Of the report, in the file and in the page's print. Light colours always: it is for paper. Sizes are those of paper
 * too, so that it fills one page of A4 however long the names are.
 */
export const REPORT_STYLE = `
.report, .report * { box-sizing: border-box; margin: 0; padding: 0; }
.report {
  --ink: #13151e; --soft: #555b6e; --line: #c3c7d4; --outcome: #1b6e3c;
  max-width: 186mm; background: #fff; color: var(--ink);
  font: 8pt/1.3 "Instrument Sans", ui-sans-serif, system-ui, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
  -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
.report[data-outcome="review"] { --outcome: #8a5a00; }
.report[data-outcome="mismatch"] { --outcome: #a3260f; }
.report header {
  display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 6mm;
  padding-block-end: 2mm; border-block-end: 1px solid var(--line); color: var(--soft);
}
.report .title { color: var(--ink); font-weight: 600; }
.report .outcome { display: flex; gap: 4mm; margin-block: 3mm; }
.report .outcome svg { flex: none; width: 11mm; height: 11mm; fill: var(--outcome); }
.report h1 { color: var(--outcome); font-size: 17pt; line-height: 1.15; }
.report .lead { margin-block: 1mm; font-size: 10pt; }
.report .pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm; }
.report figure { display: grid; grid-template-columns: minmax(0, auto) 30mm; justify-content: start; gap: 1mm 3mm; }
.report .photo { display: block; max-width: 100%; height: 45mm; }
.report .aligned { display: block; width: 30mm; height: 30mm; }
.report figcaption { grid-column: 1 / -1; font-weight: 600; }
.report .left-out { color: var(--soft); }
.report h2 { margin-block: 2.4mm 0.6mm; font-size: 9pt; }
.report table { width: 100%; border-collapse: collapse; table-layout: fixed; }
.report th, .report td {
  padding-block: 0.3mm; padding-inline-end: 2mm; border-block-start: 1px solid var(--line);
  text-align: start; vertical-align: top; overflow-wrap: anywhere;
}
.report th { font-weight: 600; }
.report tbody th { width: 40mm; color: var(--soft); font-weight: 400; }
.report thead td { width: 40mm; }
.report code { font: 7.25pt/1.3 ui-monospace, "Liberation Mono", Menlo, Consolas, monospace; }
.report .limits { margin-block-start: 2.6mm; font-weight: 600; }
.report footer { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6mm; margin-block-start: 10mm; }
.report footer p { padding-block-start: 1mm; border-block-start: 1px solid var(--ink); color: var(--soft); }
@media screen and (max-width: 30rem) {
  .report .pictures { grid-template-columns: 1fr; }
  .report tbody th, .report thead td { width: 24mm; }
}
`;
