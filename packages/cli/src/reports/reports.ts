import { resolve } from 'node:path';
import {
  type AssessmentResult,
  printableJSON,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarif,
} from '@rlm-bridge/assess';
import { thrownText } from '@rlm-bridge/text';
import { assessmentReport } from '@rlm-bridge/viewer';
import { InvalidArgumentError } from 'commander';
import type { RunStore } from 'rlm-bridge';
import { UsageError } from '../exit/exit-codes.ts';
import { ReportFile } from './report-file.ts';

const FORMATS = {
  sarif: toSarif,
  junit: toJUnit,
  md: toMarkdown,
  json: (result: AssessmentResult) => `${printableJSON(result, 2)}\n`,
  gitlab: toGitLab,
  rdjson: toRdjson,
  html: (result: AssessmentResult, store?: RunStore) => assessmentReport(result, { store }),
};

/** A report to write: `sarif=out/rlm.sarif`. */
export interface ReportRequest {
  format: keyof typeof FORMATS;
  path: string;
}

/** Reads one `--report`, beside those before it. */
export function reportRequest(text: string, previous: ReportRequest[] = []): ReportRequest[] {
  const [format = '', ...rest] = text.split('=');
  const path = rest.join('=');
  if (!isFormat(format) || path === '') {
    throw new InvalidArgumentError(`It must be format=path, with one of ${Object.keys(FORMATS).join(', ')}.`);
  }
  return [...previous, { format, path }];
}

/** Makes the folders of reports before anything is spent, and no file. @throws {UsageError} when one could not be written. */
export async function requireWritable(reports: ReportRequest[], cwd: string): Promise<void> {
  for (const { format, path } of reports) {
    try {
      await new ReportFile(resolve(cwd, path)).requireWritable();
    } catch (error) {
      throw new UsageError(`--report ${format}=${path}: ${thrownText(error)}`);
    }
  }
}

/** Writes every report. They all tell of one result, and so of one verdict. `store`: where its runs were kept. */
export async function writeReports(
  result: AssessmentResult,
  reports: ReportRequest[],
  { cwd, store }: { cwd: string; store: RunStore | undefined },
): Promise<void> {
  for (const { format, path } of reports) {
    await new ReportFile(resolve(cwd, path)).write(FORMATS[format](result, store));
  }
}

function isFormat(format: string): format is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, format);
}
