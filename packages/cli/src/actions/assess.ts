import { resolve } from 'node:path';
import {
  AssessAbortError,
  type AssessmentResult,
  assessWorkers,
  exitCodeOf,
  formatAssessmentResult,
  isLetThrough,
  toInstructions,
  trendLine,
  verdictLine,
  type WorkerSpec,
} from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import { printable, printableJSON } from '@rlm-bridge/text';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { resultInFlags } from '../exit/flag-words.ts';
import type { AssessFlags } from '../flags/assess-flags.ts';
import type { ReportRequest } from '../flags/report-request.ts';
import { reportToGitHub } from '../reports/github.ts';
import { filesOf, requireWritable, writeReports } from '../reports/reports.ts';
import { AssessProgress } from '../terminal/assess-progress.ts';
import { colored, type Terminal } from '../terminal/terminal.ts';
import { type Gate, withGate, workersOf } from './gate.ts';
import { list } from './list.ts';

export interface Flags extends AssessFlags {
  report?: ReportRequest[];
  github?: boolean;
  instructions?: string;
  dryRun?: boolean;
  list?: boolean;
  json?: boolean;
}

const COLORS = { pass: 'green', fail: 'red', inconclusive: 'yellow', nothing_to_judge: 'green' } as const;

/** Judges the work of coding workers: a gate on it. */
export async function assess(ids: string[], flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal;
  if (flags.list === true) {
    if (ids.length > 0) throw new UsageError('--list takes no workers: it says which there are.');
    return await list(
      { cwd, ...given({ base: flags.base, outputDir: flags.outputDir }) },
      flags.json === true,
      terminal,
    );
  }
  const workers = workersOf(ids, flags, cwd);
  requireAmong(workers, flags.instructions);
  const reports = filesOf(flags.report ?? [], workers.length);
  const written = reports.map(({ format, path }) => ({ name: `--report ${format}=${path}`, path: resolve(cwd, path) }));
  const doing = { runsCode: flags.dryRun !== true, written };
  return await withGate(workers, flags, terminal, doing, (gate) => judgeBy(gate, reports, flags, terminal));
}

async function judgeBy(
  { options, work, trend, notes }: Gate,
  reports: ReportRequest[],
  flags: Flags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { cwd, stdout } = terminal;
  if (flags.dryRun === true) {
    const { dryRun, formatDryRun } = await import('../estimate/dry-run.ts');
    const found = await dryRun(work.workers, options);
    stdout.write(flags.json === true ? `${printableJSON(found, 2)}\n` : formatDryRun(found));
    for (const note of notes) terminal.stderr.write(`${printable(note)}\n`);
    return found.workers.every(({ error }) => error === null) ? EXIT.ok : EXIT.inconclusive;
  }
  await requireWritable(reports, cwd);
  const isMachine = flags.json === true || flags.instructions !== undefined;
  const progress = new AssessProgress(terminal, { workers: work.workers.length, isMachine });
  const result = await judge(() =>
    assessWorkers(work.workers, { ...options, signal: terminal.signal, onEvent: (event) => progress.show(event) }),
  );
  progress.end();
  announce(result, terminal, trend === undefined ? notes : [trendLine(trend, result), ...notes]);
  const { store, assessmentId } = options;
  await writeReports(result, reports, { cwd, store, assessmentId, lastOfBase: trend });
  if (flags.github === true) await reportToGitHub(result, terminal, trend);
  if (flags.json === true) stdout.write(`${printableJSON(result, 2)}\n`);
  else if (flags.instructions !== undefined) stdout.write(toInstructions(result, flags.instructions));
  else if (flags.github !== true) stdout.write(`${formatAssessmentResult(result)}\n`);
  return exitCodeOf(result);
}

/** @throws {UsageError} before anything is judged. */
function requireAmong(workers: readonly (string | WorkerSpec)[], id: string | undefined): void {
  const ids = workers.map((worker) => (typeof worker === 'string' ? worker : worker.id));
  if (id === undefined || ids.includes(id)) return;
  throw new UsageError(`--instructions ${id}: no such worker is judged. Name one of ${ids.join(', ')}.`);
}

/** Judges, and says what came of it in the words of the command. An assessment that was aborted has a result too: what was judged until then. */
export async function judge(assessing: () => Promise<AssessmentResult>): Promise<AssessmentResult> {
  try {
    return resultInFlags(await assessing());
  } catch (error) {
    if (AssessAbortError.isInstance(error)) return resultInFlags(error.result);
    throw error;
  }
}

/**
 * The verdict in one line, before anything else on stderr: a merge queue may show no more than that. Then who, and why;
 * and where the policy came from.
 */
export function announce(result: AssessmentResult, terminal: Terminal, notes: readonly string[] = []): void {
  const { stderr } = terminal;
  stderr.write(`${colored(terminal, COLORS[result.verdict], printable(verdictLine(result)))}\n`);
  for (const { workerId, verdict, reason, policyChanges } of result.workers) {
    if (verdict !== 'pass' || policyChanges.length > 0) stderr.write(`${printable(`${workerId}: ${reason}`)}\n`);
  }
  if (isLetThrough(result)) {
    const warning = 'WARNING: --on-error=pass lets work through that was NOT judged; this gate is open.';
    stderr.write(`${colored(terminal, 'yellow', warning)}\n`);
  }
  const { environments } = result.rlmMetrics;
  const where = environments.length > 0 ? [`Code of models ran in ${environments.join(' and ')}.`] : [];
  for (const note of [...where, ...notes]) stderr.write(`${printable(note)}\n`);
}
