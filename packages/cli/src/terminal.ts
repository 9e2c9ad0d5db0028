import { styleText } from 'node:util';

/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Machine-readable output and answers, and nothing else. */
  readonly stdout: Sink;
  /** Everything for people: verdicts, progress, complaints. */
  readonly stderr: Sink;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborts when whoever read stdout has left. Default: nobody leaves. */
  readonly unread?: AbortSignal | undefined;
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Text for stderr in a color, where that is a TTY that shows colors (`TERM`) to a user who wants them (`NO_COLOR`). */
export function colored({ stderr, env }: Terminal, color: Parameters<typeof styleText>[0], text: string): string {
  const isWanted = stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return isWanted ? styleText(color, text, { validateStream: false }) : text;
}
