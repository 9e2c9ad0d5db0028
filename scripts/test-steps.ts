import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Counts, countStep } from './test-counts.ts';

/** How a program of the suite ended. */
export interface Ended {
  readonly exitCode: number;
  readonly counts: Counts;
  readonly seconds: number;
  /** Of the program and all that it waited for; what a daemon did for it is not among them. */
  readonly cpuSeconds: number;
}

/** Programs that are part of the suite, some beside each other: what each printed in one piece, and how all went. */
export class Steps {
  readonly #counts = new Map<string, Counts>();
  readonly #ended = new Map<string, Ended>();
  readonly #folder: string;
  readonly #only: string;

  /** Output is kept in `folder` until it is printed. Of the steps, only those with `only` in their name are run. */
  constructor(folder: string, only = '') {
    this.#folder = folder;
    this.#only = only;
  }

  get totals(): Counts {
    const totals = { passed: 0, failed: 0, skipped: 0 };
    for (const { passed, failed, skipped } of this.#counts.values()) {
      totals.passed += passed;
      totals.failed += failed;
      totals.skipped += skipped;
    }
    return totals;
  }

  /** The steps that failed. */
  get failures(): string[] {
    return [...this.#counts].filter(([, { failed }]) => failed > 0).map(([name]) => name);
  }

  /** The programs that were run as steps, by their names. */
  get ended(): ReadonlyMap<string, Ended> {
    return this.#ended;
  }

  includes(name: string): boolean {
    return name.includes(this.#only);
  }

  /** Never rejects. `count` reads the report of a program that tells how many of its tests passed. */
  async run(name: string, command: string, args: string[], count?: () => Promise<Counts>): Promise<void> {
    if (!this.includes(name)) return;
    const ended = await this.look(name, command, args, count);
    this.#ended.set(name, ended);
    this.add(name, ended.counts);
  }

  /** Runs and prints a program as `run` does, and counts it nowhere. */
  async look(name: string, command: string, args: string[], count?: () => Promise<Counts>): Promise<Ended> {
    const file = join(this.#folder, `${name.replace(/\W+/g, '-').slice(0, 100)}.log`);
    console.log(`... ${name}${count ? `: so far in ${file}` : ''}`);
    const started = performance.now();
    const options = { stdio: 'ignore', reject: false } as const;
    const { exitCode = -1, failed } = await execa('bash', ['-c', TIMED, file, command, ...args], options);
    const seconds = (performance.now() - started) / 1000;
    const cpuSeconds = await cpuSecondsIn(`${file}.cpu`);
    const output = await readFile(file, 'utf8').catch(() => '');
    console.log(`\n--- ${name} (${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU)\n${output.trimEnd()}`);
    if (failed) console.log(`${command} ended with exit code ${exitCode}`);
    const counts = settle(exitCode === 0, await count?.().catch(() => null));
    return { exitCode, counts, seconds, cpuSeconds };
  }

  /** Counts a step; what it was counted as before no longer holds. */
  add(name: string, counts: Counts): void {
    this.#counts.set(name, counts);
  }
}

/**
 * Runs its arguments, which write to the file that is its name: each of the 6,000 dots of pytest would wake this process. The seconds
 * of CPU that they took, of the user and of the system, are in a file beside it.
 */
const TIMED = 'TIMEFORMAT="%U %S"; exec >>"$0" 2>&1 3>&2; { time "$@" 2>&3 3>&-; } 2>"$0.cpu"';

async function cpuSecondsIn(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .trim()
    .split(' ')
    .map(Number)
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** A runner can fail without a failed test: killed, an unhandled error, a report never written, no tests at all. */
function settle(succeeded: boolean, counted: Counts | null | undefined): Counts {
  if (counted === undefined) return countStep(succeeded);
  if (counted === null) return countStep(false);
  const ran = counted.passed + counted.failed > 0;
  return (succeeded && ran) || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}
