import { version } from 'visavis/package.json';
import { reportBody, reportDocument } from '../report/report_html';
import { type Report, reportFileName, reportJson, withoutPhotos } from '../report/report';
import { REPORT_STYLE } from '../report/report_style';
import { SAVING_WORDS as WORDS } from '../report/report_words';
import { announce } from '../shared/announcer';
import { byId, create } from '../shared/dom';
import { createButton, createSheet } from '../shared/sheet';
import { factsOf } from './photo_facts';
import { type DecidedPair, decidedPair, recordOf } from './report_record';
import type { State } from './state';

/** The report of the outcome: a dialog that saves it, and the sheet that the page prints. */
export class ReportView {
  private readonly dialog = createSheet('report', WORDS.title, WORDS.close);
  private readonly bare = create('input');
  private readonly saving: readonly HTMLButtonElement[];
  private readonly sheet = printedSheet();
  private pair: DecidedPair | null = null;
  private comparedAt = new Date();
  private report: Report | null = null;

  constructor() {
    this.saving = [
      createButton('report-html', WORDS.save, () => this.save('html')),
      createButton('report-json', WORDS.saveJson, () => this.save('json')),
      createButton('report-print', WORDS.print, () => print()),
    ];
    for (const button of this.saving.slice(1)) button.classList.add('quiet');
    this.bare.type = 'checkbox';
    this.bare.id = 'report-bare';
    this.bare.addEventListener('change', () => this.renderSheet());
    const label = create('label', 'check');
    label.append(this.bare, create('span', '', WORDS.bare));
    const buttons = create('div', 'steps');
    buttons.append(...this.saving);
    this.dialog.append(
      create('p', '', WORDS.what),
      label,
      create('p', 'small', WORDS.personal),
      buttons,
    );
    this.namePrint();
  }

  open(): void {
    this.dialog.showModal();
    this.saving[0]?.focus();
  }

  render(state: State): void {
    const pair = decidedPair(state);
    const last = this.pair;
    if (pair && last && pair.decision === last.decision && pair.byEye === last.byEye) return;
    if (pair === null && last === null) return;
    if (pair?.decision !== last?.decision) {
      this.comparedAt = new Date();
      this.setReport(null);
    }
    this.pair = pair;
    if (pair) void this.gather(pair);
    else this.dialog.close();
  }

  private async gather(pair: DecidedPair): Promise<void> {
    const [passport, selfie] = await Promise.all([factsOf(pair.passport), factsOf(pair.selfie)]);
    if (this.pair !== pair) return; // It belongs to an outcome that is gone.
    const circumstances = {
      comparedAt: this.comparedAt,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      browser: navigator.userAgent,
      version,
      limits: (byId('limits').textContent ?? '').replace(/\s+/g, ' ').trim(),
      language: document.documentElement.lang,
    };
    this.setReport(recordOf(pair, { passport, selfie }, circumstances));
  }

  private setReport(report: Report | null): void {
    this.report = report;
    for (const button of this.saving) button.disabled = report === null;
    this.renderSheet();
  }

  /** As the switch wants it. */
  private get chosen(): Report | null {
    return this.report && this.bare.checked ? withoutPhotos(this.report) : this.report;
  }

  /** Kept ready: the browser's own print command asks for it at once. */
  private renderSheet(): void {
    const report = this.chosen;
    document.body.toggleAttribute('data-has-report', report !== null);
    this.sheet.innerHTML = report ? reportBody(report).text : '';
  }

  private save(kind: 'html' | 'json'): void {
    const report = this.chosen;
    if (!report) return;
    const text = kind === 'html' ? reportDocument(report) : reportJson(report);
    const type = kind === 'html' ? 'text/html;charset=utf-8' : 'application/json';
    const name = `${reportFileName(report)}.${kind}`;
    download(new Blob([text], { type }), name);
    this.dialog.close();
    announce(WORDS.saved(name));
  }

  /** Browsers call the file that they print to as the page is called. */
  private namePrint(): void {
    const { title } = document;
    addEventListener('beforeprint', () => {
      if (this.report) document.title = reportFileName(this.report);
    });
    addEventListener('afterprint', () => {
      document.title = title;
    });
  }
}

/** What print.css shows on paper alone, apart from the page's own styles. */
function printedSheet(): ShadowRoot {
  const host = create('div');
  host.id = 'printed-report';
  const root = host.attachShadow({ mode: 'open' });
  // The page's policy forbids <style>.
  const style = new CSSStyleSheet();
  style.replaceSync(REPORT_STYLE);
  root.adoptedStyleSheets = [style];
  document.body.append(host);
  return root;
}

function download(blob: Blob, name: string): void {
  const link = create('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Some browsers begin to read only after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
