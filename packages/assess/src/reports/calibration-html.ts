import { createHash } from 'node:crypto';
import { visible } from '@rlm-bridge/text';
import type { CalibrationResult, Proportion } from '../api/calibration.ts';
import {
  type CalibrationTable,
  calibrationLine,
  calibrationLists,
  calibrationTables,
  shareText,
} from './calibration-rows.ts';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
p.note { color: #777; margin: 0.3rem 0 0.6rem; }
svg { width: 10rem; height: 0.9rem; vertical-align: middle; margin-right: 0.6rem; }
svg .axis { fill: #8883; }
svg .interval { fill: #48a; }
svg .value { fill: currentColor; }
li { overflow-wrap: anywhere; }
`;

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/**
 * A calibration as one HTML file. It runs no script and asks for nothing: its policy forbids both.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 *
 * const result = await calibrate([{ label: 'clean', file: 'src/ok.ts' }], { presets: ['security'] });
 * await writeFile('calibration.html', toCalibrationHtml(result));
 * ```
 */
export function toCalibrationHtml(result: CalibrationResult): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width">',
    '<title>Calibration</title>',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<h1>Calibration</h1>',
    `<p>${escaped(calibrationLine(result))}</p>`,
    ...calibrationTables(result).map(tableOf),
    ...calibrationLists(result).map(
      ({ title, lines }) =>
        `<h2>${escaped(title)}</h2>\n<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`,
    ),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function tableOf({ title, note, heads, rows }: CalibrationTable): string {
  const head = heads.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cellOf(cell)}</td>`).join('')}</tr>`).join('\n');
  return `<h2>${escaped(title)}</h2>\n<p class="note">${escaped(note)}</p>\n<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

function cellOf(cell: string | Proportion): string {
  return typeof cell === 'string' ? escaped(cell) : `${barOf(cell)}${escaped(shareText(cell))}`;
}

/** The interval on a line from 0 to 100 %, with a mark at the share itself. */
function barOf({ value, low, high }: Proportion): string {
  if (value === null || low === null || high === null) return '';
  const at = (share: number) => (share * 100).toFixed(1);
  return (
    '<svg viewBox="0 0 100 9" preserveAspectRatio="none" aria-hidden="true"><rect class="axis" x="0" y="4" width="100" height="1"/>' +
    `<rect class="interval" x="${at(low)}" y="2.5" width="${at(high - low)}" height="4"/>` +
    `<rect class="value" x="${at(Math.min(0.99, value))}" y="1" width="1" height="7"/></svg>`
  );
}

function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
