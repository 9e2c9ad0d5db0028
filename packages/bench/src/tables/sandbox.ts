import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { closeWorkers, type RLMEvent, type RLMOptions } from 'rlm-bridge';
import { sampleOf } from '../measure.ts';
import { containerPeakMb, peakMbOf, workerPid } from '../memory.ts';
import { Official } from '../official.ts';
import { officialImage } from '../official-image.ts';
import { runOurs } from '../ours.ts';
import { fourBlocks } from '../scenarios/four-blocks.ts';
import { filler } from '../scenarios/scenario.ts';
import { table } from '../table.ts';

// `pnpm bench sandbox [megabytes...]`: our docker environment beside the official one, by size of the context.

interface Figures {
  /** Seconds from the call to the root model's first turn: the environment is up and the context is in it. */
  readonly start: number;
  /** Median seconds of a code block. */
  readonly block: number;
  readonly run: number;
  readonly logBytes: number;
  readonly workerMb: number;
  readonly containerMb: number | null;
}

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [0, 1, 10, 40, 100];
const image = await officialImage();
const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
const file = join(folder, 'context.txt');
const rows: string[][] = [];
try {
  for (const megabytes of sizes) {
    await writeFile(file, filler(megabytes * 1024 * 1024));
    const [own, official] = [await measure('ours', ours), await measure('official', theirs)];
    rows.push(
      [`${megabytes} MB`, 'ours', ...cells(own)],
      ['', 'official', ...cells(official)],
      ['', 'ratio', ...ratios(own, official)],
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
console.log('4 iterations of one small code block in docker; one run each, in a process that has run before\n');
console.log(
  table(['context', 'who', 'start s', 'code block s', 'run s', 'log bytes', 'process MB', 'container MB'], rows),
);

async function measure(who: string, side: (provider: FakeProvider, empty: string) => Promise<Side>): Promise<Figures> {
  await using provider = await FakeProvider.start(fourBlocks.script());
  const logDir = join(folder, who);
  await mkdir(logDir);
  const empty = join(folder, 'empty.txt');
  await writeFile(empty, '');
  await using run = await side(provider, empty);
  provider.forget();
  const started = performance.now();
  const figures = await run.once(logDir);
  const seconds = (performance.now() - started) / 1000;
  const start = ((provider.served[0]?.arrivedAt ?? Number.NaN) - started) / 1000;
  const logBytes = await bytesIn(logDir);
  await rm(logDir, { recursive: true });
  return { ...figures, start, run: seconds, logBytes };
}

/** A side that has run once, over an empty context. */
interface Side extends AsyncDisposable {
  once(logDir: string): Promise<Pick<Figures, 'block' | 'workerMb' | 'containerMb'>>;
}

async function ours(provider: FakeProvider, empty: string): Promise<Side> {
  const run = async (path: string, options: RLMOptions) => {
    const result = await runOurs(fourBlocks, provider, 'docker', { context: { file: path }, ...options });
    if (!result.success) throw new Error(result.error.message);
  };
  await run(empty, {});
  return {
    once: async (logDir) => {
      const seconds: number[] = [];
      let container: string | null = null;
      let containerMb: number | null = null;
      const onEvent = (event: RLMEvent) => {
        if (event.type === 'environment.started') void containerId(event.container).then((id) => (container = id));
        if (event.type !== 'codeBlock.completed') return;
        seconds.push(event.durationMs / 1000);
        if (container !== null) containerMb = containerPeakMb(container);
      };
      await run(file, { logDir, onEvent });
      return { block: sampleOf(seconds).median, workerMb: peakMbOf(workerPid()), containerMb };
    },
    [Symbol.asyncDispose]: closeWorkers,
  };
}

async function theirs(provider: FakeProvider, empty: string): Promise<Side> {
  const official = new Official();
  const where = { baseUrl: provider.openaiUrl, environment: 'docker', image } as const;
  await official.run(fourBlocks, { ...where, contextFile: empty });
  return {
    once: async (logDir) => {
      const { blockSeconds, peakMb } = await official.run(fourBlocks, { ...where, contextFile: file, logDir });
      return { block: sampleOf(blockSeconds).median, workerMb: peakMb, containerMb: null };
    },
    [Symbol.asyncDispose]: () => official[Symbol.asyncDispose](),
  };
}

/** The full id, which names the container's control group. */
async function containerId(name: string | null): Promise<string | null> {
  if (name === null) return null;
  return (await execa`docker inspect --format {{.Id}} ${name}`).stdout;
}

async function bytesIn(logDir: string): Promise<number> {
  const sizesOf = (await readdir(logDir)).map(async (name) => (await stat(join(logDir, name))).size);
  return (await Promise.all(sizesOf)).reduce((sum, size) => sum + size, 0);
}

function cells({ start, block, run, logBytes, workerMb, containerMb }: Figures): string[] {
  const container = containerMb === null ? '' : containerMb.toFixed(0);
  return [start.toFixed(2), block.toFixed(4), run.toFixed(2), String(logBytes), workerMb.toFixed(0), container];
}

function ratios(own: Figures, official: Figures): string[] {
  const ratio = (of: (figures: Figures) => number) => {
    const value = of(own) / of(official);
    return value >= 0.1 ? value.toFixed(2) : `1/${(1 / value).toFixed(0)}`;
  };
  return [
    ratio((f) => f.start),
    ratio((f) => f.block),
    ratio((f) => f.run),
    ratio((f) => f.logBytes),
    ratio((f) => f.workerMb),
  ];
}
