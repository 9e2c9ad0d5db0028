import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Counts, countStep } from './test-counts.ts';

/** Programs that are part of the suite, some beside each other: what each printed in one piece, and how all went. */
export class Steps {
  readonly totals: Counts = { passed: 0, failed: 0, skipped: 0 };
  readonly failures: string[] = [];
  readonly #folder: string;
  readonly #only: string;

  /** Output is kept in `folder` until it is printed. Of the steps, only those with `only` in their name are run. */
  constructor(folder: string, only = '') {
    this.#folder = folder;
    this.#only = only;
  }

  includes(name: string): boolean {
    return name.includes(this.#only);
  }

  /** Never rejects. `count` reads the report of a program that tells how many of its tests passed. */
  async run(name: string, command: string, args: string[], count?: () => Promise<Counts>): Promise<void> {
    if (!this.includes(name)) return;
    const file = join(this.#folder, `${name.replace(/\W+/g, '-')}.log`);
    console.log(`... ${name}${count ? `: so far in ${file}` : ''}`);
    const started = performance.now();
    const options = { stdin: 'ignore', stdout: { file }, stderr: { file }, buffer: false, reject: false } as const;
    const { exitCode, failed, shortMessage } = await execa(command, args, options);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const output = await readFile(file, 'utf8').catch(() => '');
    console.log(`\n--- ${name} (${seconds} s)\n${output.trimEnd()}`);
    if (failed) console.log(shortMessage);
    this.add(name, settle(exitCode === 0, await count?.().catch(() => null)));
  }

  add(name: string, counts: Counts): void {
    this.totals.passed += counts.passed;
    this.totals.failed += counts.failed;
    this.totals.skipped += counts.skipped;
    if (counts.failed > 0) this.failures.push(name);
  }
}

/** A runner can fail without a failed test: killed, an unhandled error, a report never written, no tests at all. */
function settle(succeeded: boolean, counted: Counts | null | undefined): Counts {
  if (counted === undefined) return countStep(succeeded);
  if (counted === null) return countStep(false);
  const ran = counted.passed + counted.failed > 0;
  return (succeeded && ran) || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}
