import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { openViewer, runReport } from '@rlm-bridge/viewer';
import { type Browser, chromium, type Page } from 'playwright-core';
import { closeWorkers, type RunStore, runRLM } from 'rlm-bridge';
import { findChromium } from '../../../../scripts/chromium.ts';
import { buildPage } from '../built.ts';
import { RunFolder } from '../journals.ts';
import { type Sample, sampleOf, secondsOf, show } from '../measure.ts';
import { PYTHON } from '../official.ts';
import { table } from '../table.ts';

// `pnpm bench viewer [calls] [megabytes]`: how soon a large run is seen, how soon all of it is, with which call read what of the
// context, and how many frames a second it scrolls by.

const calls = Number(process.argv[2] ?? 1000);
const megabytes = Number(process.argv[3] ?? 100);
const REPEATS = 5;
const RUN = 'large';
const WHOLE_MS = 300_000;

const executablePath = await findChromium();
if (executablePath === null) throw new Error('There is no Chromium: install it, or name it in RLM_TEST_CHROMIUM.');
await buildPage();
await using folder = await RunFolder.make();
await largeRun(folder.store);
await closeWorkers();
const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
const file = join(folder.path, 'large.html');
const writing = await secondsOf(() => writeFile(file, runReport(folder.store, RUN)));
const rows = [
  // A server that has not read the run before, each time.
  await row('server', async () => {
    const viewer = await openViewer({ store: folder.store });
    return { address: viewer.url, close: () => viewer.close() };
  }),
  await row('file', async () => ({ address: pathToFileURL(file).href, close: async () => {} })),
];
await browser.close();
console.log(
  `${calls} calls, ${megabytes} MB of text; the file is written in ${writing.toFixed(1)} s; ${REPEATS} repeats\n`,
);
console.log(
  table(
    [
      'what',
      'seconds to the first view',
      'seconds to all of it',
      'frames a second in a list of calls',
      'longest frame, ms',
    ],
    rows,
  ),
);

/** Each prompt is another part of the context, read by a sub-call. */
async function largeRun(store: RunStore): Promise<void> {
  const part = Math.floor((megabytes * 1_000_000) / calls);
  const word = (n: number) => ((n * 2_654_435_761) >>> 0).toString(36);
  const words = Math.floor((megabytes * 1_000_000) / 7);
  const context = Array.from({ length: words }, (_, n) => word(n).slice(0, 6).padEnd(6, '.')).join(' ');
  const script = conversation({
    turns: [
      repl(`parts = [context[n:n + ${part}] for n in range(0, len(context), ${part})][:${calls}]
heard = llm_query_batched(parts)`),
      submit('str(len(heard))'),
    ],
    prompt: () => 'nothing of note',
  });
  await using provider = await FakeProvider.start(script);
  const options = { backend: 'openai', baseUrl: provider.openaiUrl, apiKey: 'no-key', rootModel: 'gpt-4.1' } as const;
  const given = { environment: 'local', maxSubCalls: calls, logDir: false, python: PYTHON, quiet: true } as const;
  const result = await runRLM(context, 'What is of note?', { ...options, ...given, store, runId: RUN });
  if (!result.success || result.subCalls !== calls)
    throw new Error(result.success ? 'calls are missing' : result.error.message);
}

interface Opened {
  address: string;
  close(): Promise<void>;
}

async function row(what: string, open: () => Promise<Opened>): Promise<string[]> {
  const first: number[] = [];
  const whole: number[] = [];
  const frames: Frames[] = [];
  for (let n = 0; n < REPEATS; n += 1) {
    const { address, close } = await open();
    const page = await newPage(browser);
    const begun = performance.now();
    await page.goto(`${address}#/run/${RUN}`, { waitUntil: 'commit' });
    await page.locator('main h1, main h2').first().waitFor();
    first.push((performance.now() - begun) / 1000);
    await page.evaluate(`location.hash = '#/run/${RUN}/coverage'`);
    await page.getByRole('heading', { name: /calls? read some of it/ }).waitFor({ timeout: WHOLE_MS });
    whole.push((performance.now() - begun) / 1000);
    await page.evaluate(`location.hash = '#/run/${RUN}/calls'`);
    await page.locator('main tbody tr, main [role=row]').nth(5).waitFor();
    frames.push(await scrolled(page));
    await page.close();
    await close();
  }
  const longest: Sample = sampleOf(frames.map((frame) => frame.longestMs));
  return [
    what,
    show(sampleOf(first)),
    show(sampleOf(whole)),
    show(sampleOf(frames.map((frame) => frame.perSecond))),
    show(longest),
  ];
}

async function newPage(browser: Browser): Promise<Page> {
  return await browser.newPage({ viewport: { width: 1280, height: 800 } });
}

interface Frames {
  perSecond: number;
  longestMs: number;
}

/** The frames of the page while the wheel turns for some two seconds. */
async function scrolled(page: Page): Promise<Frames> {
  await page.mouse.move(640, 500);
  await page.evaluate(`globalThis.frames_ = []; (function note(at) {
    globalThis.frames_.push(at); requestAnimationFrame(note); })(performance.now())`);
  for (let n = 0; n < 60; n += 1) await page.mouse.wheel(0, 200);
  const times = (await page.evaluate('globalThis.frames_')) as number[];
  const gaps = times.slice(1).map((time, place) => time - (times[place] ?? time));
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return { perSecond: (1000 * gaps.length) / total, longestMs: Math.max(...gaps) };
}
