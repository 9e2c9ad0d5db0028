import { type AssessOptions, type ListedWorker, listWorkers } from '@rlm-bridge/assess';
import { counted, printable, printableJSON } from '@rlm-bridge/text';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `rlm assess --list`: what could be judged here. Nothing is judged, and no model is asked. */
export async function list(
  options: Pick<AssessOptions, 'cwd' | 'base' | 'outputDir'>,
  json: boolean,
  { stdout, signal }: Terminal,
): Promise<ExitCode> {
  const workers = await listWorkers({ ...options, signal });
  stdout.write(json ? `${printableJSON(workers, 2)}\n` : formatList(workers));
  return EXIT.ok;
}

function formatList(workers: readonly ListedWorker[]): string {
  const ready = workers.filter(({ reason }) => reason === null);
  const width = Math.max(0, ...ready.map(({ id }) => printable(id).length));
  const lines = ready.map((worker) => `${printable(worker.id).padEnd(width)}  ${printable(factsOf(worker))}`);
  const others = Map.groupBy(
    workers.filter(({ reason }) => reason !== null),
    ({ reason }) => reason,
  );
  const rest = [...others].map(([reason, of]) =>
    printable(`not to be judged (${reason}): ${of.map(({ id }) => id).join(', ')}`),
  );
  return `${[...(lines.length === 0 ? ['There is nothing to judge here.'] : lines), ...rest].join('\n')}\n`;
}

function factsOf({ kind, spec, branch, head, commits, uncommitted }: ListedWorker): string {
  return [
    spec.worktree === undefined ? kind : `${kind} ${spec.worktree}`,
    ...(branch === null || kind === 'branch' ? [] : [branch.replace('refs/heads/', 'branch ')]),
    ...(commits === null ? [] : [counted(commits, 'commit')]),
    ...(uncommitted === true ? ['with changes that are not committed'] : []),
    ...(head === null ? [] : [head.slice(0, 12)]),
  ].join(', ');
}
