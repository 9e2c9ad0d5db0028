import { join, parse, resolve } from 'node:path';
import {
  type AssessmentResult,
  SARIF_MAX_RUNS,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarifFiles,
} from '@rlm-bridge/assess';
import { printableJSON, thrownText } from '@rlm-bridge/text';
import type { RunStore } from 'rlm-bridge';
import { UsageError } from '../exit/exit-codes.ts';
import type { ReportFormat, ReportRequest } from '../flags/report-request.ts';
import { ReportFile } from './report-file.ts';

type Format = (result: AssessmentResult, request: ReportRequest, kept: KeptIn) => Text | Promise<Text>;
type Text = string | AsyncIterable<string>;

const FORMATS: Record<ReportFormat, Format> = {
  sarif: (result, { part = 0 }) => toSarifFiles(result)[part] ?? '',
  junit: toJUnit,
  md: (result, _, { lastOfBase }) => toMarkdown(result, lastOfBase),
  json: (result) => `${printableJSON(result, 2)}\n`,
  gitlab: toGitLab,
  rdjson: toRdjson,
  html: async (result, _, kept) => (await import('@rlm-bridge/viewer')).assessmentReport(result, kept),
};

/** Where the runs of the assessment were kept, and what it stands against. */
interface KeptIn {
  store?: RunStore | undefined;
  assessmentId?: string | undefined;
  lastOfBase?: AssessmentResult | undefined;
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
      if (format === 'html') await (await import('@rlm-bridge/viewer')).requirePage();
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
    const text = await FORMATS[request.format](result, request, kept);
    await new ReportFile(resolve(cwd, request.path)).write(text);
  }
}
