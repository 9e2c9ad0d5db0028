import { styleText } from 'node:util';

/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  /** What is read where a flag asks for it: UTF-8, in chunks. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Machine-readable output and answers, and nothing else. */
  readonly stdout: Sink;
  /** Everything for people: verdicts, progress, complaints. */
  readonly stderr: Sink;
  /** The folder that paths are relative to. */
  readonly cwd: string;
  /** The environment variables: settings, keys, what the terminal can show. */
  readonly env: NodeJS.ProcessEnv;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborts when whoever read stdout has left. Default: nobody leaves. */
  readonly unread?: AbortSignal | undefined;
  /** Called by a command that goes on until a signal: the signal is no failure of it. */
  readonly endsWhenTold?: (() => void) | undefined;
}

/** Where text goes: a stream of Node's, or what a test keeps it in. */
export interface Sink {
  /** Takes text as it is. */
  write(text: string): unknown;
  /** Whether a person looks at it in a terminal: colors and progress are shown. Default: false. */
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters, which progress is cut to. Default: 80. */
  readonly columns?: number | undefined;
}

/** Text for stderr in a color, where that is a TTY that shows colors (`TERM`) to a user who wants them (`NO_COLOR`). */
export function colored({ stderr, env }: Terminal, color: Parameters<typeof styleText>[0], text: string): string {
  const isWanted = stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return isWanted ? styleText(color, text, { validateStream: false }) : text;
}
