import { join, parse, resolve } from 'node:path';
import {
  type AssessmentResult,
  printableJSON,
  SARIF_MAX_RUNS,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarifFiles,
} from '@rlm-bridge/assess';
import { thrownText } from '@rlm-bridge/text';
import { assessmentReport, requirePage } from '@rlm-bridge/viewer';
import { InvalidArgumentError } from 'commander';
import type { RunStore } from 'rlm-bridge';
import { UsageError } from '../exit/exit-codes.ts';
import { ReportFile } from './report-file.ts';

type Format = (result: AssessmentResult, request: ReportRequest, kept: KeptIn) => string | AsyncIterable<string>;

const FORMATS = {
  sarif: (result, { part = 0 }) => toSarifFiles(result)[part] ?? '',
  junit: toJUnit,
  md: (result, _, { lastOfBase }) => toMarkdown(result, lastOfBase),
  json: (result) => `${printableJSON(result, 2)}\n`,
  gitlab: toGitLab,
  rdjson: toRdjson,
  html: (result, _, kept) => assessmentReport(result, kept),
} satisfies Record<string, Format>;

/** Where the runs of the assessment were kept, and what it stands against. */
interface KeptIn {
  store?: RunStore | undefined;
  assessmentId?: string | undefined;
  lastOfBase?: AssessmentResult | undefined;
}

/** A report to write: `sarif=out/rlm.sarif`. */
export interface ReportRequest {
  format: keyof typeof FORMATS;
  path: string;
  /** Which file it is of a report that takes several, from 0. */
  part?: number;
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

/** The files that the reports on so many workers take: GitHub reads 20 of them in a SARIF file, and the next ones are in `rlm-2.sarif`, and so on. */
export function filesOf(reports: readonly ReportRequest[], workers: number): ReportRequest[] {
  const count = Math.ceil(workers / SARIF_MAX_RUNS);
  return reports.flatMap((report) => {
    if (report.format !== 'sarif') return [report];
    const { dir, name, ext } = parse(report.path);
    const more = Array.from({ length: Math.max(0, count - 1) }, (_, at) => {
      return { ...report, path: join(dir, `${name}-${at + 2}${ext}`), part: at + 1 };
    });
    return [report, ...more];
  });
}

/** Makes the folders of reports before anything is spent, and no file. @throws {UsageError} when one could not be written, or made. */
export async function requireWritable(reports: ReportRequest[], cwd: string): Promise<void> {
  for (const { format, path } of reports) {
    try {
      if (format === 'html') await requirePage();
      await new ReportFile(resolve(cwd, path)).requireWritable();
    } catch (error) {
      throw new UsageError(`--report ${format}=${path}: ${thrownText(error)}`);
    }
  }
}

/** Writes every report. They all tell of one result, and so of one verdict. */
export async function writeReports(
  result: AssessmentResult,
  reports: ReportRequest[],
  { cwd, ...kept }: { cwd: string } & KeptIn,
): Promise<void> {
  for (const request of reports) {
    const write: Format = FORMATS[request.format];
    await new ReportFile(resolve(cwd, request.path)).write(write(result, request, kept));
  }
}

function isFormat(format: string): format is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, format);
}
