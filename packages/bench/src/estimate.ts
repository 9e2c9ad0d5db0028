import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FakeProvider, type ServedRequest } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { finds, type Review, scriptedJudge } from '../../assess/test/support/scripted-judge.ts';
import { PYTHON } from './official.ts';

/** Commits of a repository, bare or not, as `git log` takes them. */
export interface Range {
  repository: string;
  base: string;
  head: string;
}

/** What `rlm assess --dry-run` says of a change, and what `rlm assess` then sends. */
export interface EstimateFigures {
  texts: number;
  estimated: { inputTokens: Bounds; outputTokens: Bounds };
  /** As the provider bills them, and as OpenAI's o200k vocabulary cuts the same texts. */
  sent: { chars: number; billedTokens: number; tokens: number };
  outputTokens: number;
}

interface Bounds {
  least: number;
  most: number;
}

const COMMAND = fileURLToPath(new URL('../../cli/src/bin.ts', import.meta.url));
const MODELS = ['--backend', 'openai', '--root-model', 'gpt-4.1', '--sub-model', 'gpt-4o-mini'];
const FLAGS = [...MODELS, '--environment', 'local', '--max-sub-calls', '5000', '--no-cache', '--log-dir', 'false'];

const LEFT_OVER = /\b(?:TODO|FIXME|XXX|eval\(|panic\(|except:|console\.log|unwrap\(\))/;
const REMARK = { severity: 'low', rule: 'left-over', message: 'This hides a fault that a caller cannot see.' } as const;

/** What a reviewer would remark on, so that replies have a length. A line that was removed has no number. */
const remarks: Review = (document) =>
  finds(LEFT_OVER, REMARK)({ ...document, lines: document.lines.filter(({ number }) => number > 0) });

/** Judges a range in a clone of its own; the repository is only read. */
export async function measureEstimate({ repository, base, head }: Range): Promise<EstimateFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
  try {
    await execa('git', ['clone', '--quiet', '--shared', '--no-checkout', repository, folder]);
    await execa('git', ['checkout', '--quiet', '--detach', head], { cwd: folder });
    await using provider = await FakeProvider.start(scriptedJudge({ review: remarks }));
    const assess = (...more: string[]) => assessIn(folder, provider, ['--changed', '--base', base, ...more]);
    const { estimate, workers } = await assess('--dry-run');
    const result = await assess();
    if (result.workers[0].error !== undefined) throw new Error(result.workers[0].error.message);
    const served = provider.served.filter(({ outcome }) => outcome === 'billed');
    return { texts: workers[0].documents.length, estimated: estimate, ...figuresOf(served) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function assessIn(cwd: string, provider: FakeProvider, args: readonly string[]) {
  const env = { OPENAI_API_KEY: 'no-key', OPENAI_BASE_URL: provider.openaiUrl, RLM_PYTHON: PYTHON };
  const command = ['--conditions=@rlm-bridge/source', COMMAND, 'assess', ...args, ...FLAGS, '--json'];
  const { stdout, stderr } = await execa(process.execPath, command, { cwd, env, reject: false, maxBuffer: 1 << 28 });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return JSON.parse(stdout);
}

function figuresOf(served: readonly ServedRequest[]): Pick<EstimateFigures, 'sent' | 'outputTokens'> {
  const texts = served.flatMap(({ request }) => request.messages.map(({ content }) => content));
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    sent: {
      chars: sum(texts.map((text) => text.length)),
      billedTokens: sum(served.map(({ usage }) => usage?.input ?? 0)),
      tokens: sum(texts.map((text) => countTokens(text, { allowedSpecial: 'all' }))),
    },
    outputTokens: sum(served.map(({ usage }) => usage?.output ?? 0)),
  };
}
