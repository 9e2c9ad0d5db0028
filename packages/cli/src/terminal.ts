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
}

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Text in a colour, where the stream takes colours and the user wants them (`NO_COLOR`, `FORCE_COLOR`). */
export function coloured(sink: Sink, colour: Parameters<typeof styleText>[0], text: string): string {
  const stream = sink as unknown as NodeJS.WriteStream;
  return sink.isTTY === true ? styleText(colour, text, { stream }) : text;
}
