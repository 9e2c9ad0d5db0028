import { InvalidArgumentError } from 'commander';

const FORMATS = ['sarif', 'junit', 'md', 'json', 'gitlab', 'rdjson', 'html'] as const;
export type ReportFormat = (typeof FORMATS)[number];

/** A report to write: `sarif=out/rlm.sarif`. */
export interface ReportRequest {
  format: ReportFormat;
  path: string;
  /** Which file it is of a report that takes several, from 0. */
  part?: number;
}

/** Reads one `--report`, beside those before it. */
export function reportRequest(text: string, previous: ReportRequest[] = []): ReportRequest[] {
  const [name = '', ...rest] = text.split('=');
  const format = FORMATS.find((known) => known === name);
  const path = rest.join('=');
  if (format === undefined || path === '') {
    throw new InvalidArgumentError(`It must be format=path, with one of ${FORMATS.join(', ')}.`);
  }
  return [...previous, { format, path }];
}
