import { printableLines } from '@rlm-bridge/text';
import type { CalibrationResult } from '../api/calibration.ts';
import {
  type CalibrationTable,
  calibrationLine,
  calibrationLists,
  calibrationTables,
  shareText,
} from './calibration-rows.ts';
import { costText } from './common.ts';

/**
 * A calibration as text for people, without colors.
 * @example
 * ```ts
 * const result = await calibrate([{ label: 'clean', file: 'src/ok.ts' }], { presets: ['security'] });
 * console.log(formatCalibration(result));
 * ```
 */
export function formatCalibration(result: CalibrationResult): string {
  const { costUsd, durationMs } = result.rlmMetrics;
  return printableLines(
    [
      calibrationLine(result),
      ...calibrationTables(result).map(tableText),
      ...calibrationLists(result).map(({ title, lines }) =>
        ['', `${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'),
      ),
      '',
      `${costText(costUsd)}, ${(durationMs / 1000).toFixed(1)} s`,
      '',
    ].join('\n'),
  );
}

function tableText({ title, note, heads, rows }: CalibrationTable): string {
  const cells = [heads, ...rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : shareText(cell))))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return ['', `${title}:`, ...lines, `  ${note}`].join('\n');
}
