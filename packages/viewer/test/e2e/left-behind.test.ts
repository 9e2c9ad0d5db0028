import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { type RLMOptions, resumeRLM } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { isReply, killedAfter, linesOf } from '../../../rlm/test/e2e/support/journals.ts';
import { StoreSource } from '../../src/sources/store-source.ts';
import { keptRun } from './support/runs.ts';

// Which calls are shown as left behind, of a run whose code asks otherwise when it is resumed.

/** Prompts of the calls that are, in order, once the run was killed before its last reply's turn was over, and resumed. */
async function leftOf(
  turns: string[],
  options: RLMOptions<unknown> = {},
  childTurns: string[] = [],
): Promise<string[]> {
  const script = conversation({
    turns: [...turns, submit('"done"')],
    childTurns,
    prompt: ({ text }) => `heard ${text.replaceAll(/\d/g, '')}`,
  });
  const { store, runId, options: all } = await keptRun(script, options);
  const lines = await linesOf(store, runId);
  const killed = await killedAfter(lines.findLastIndex(isReply) + 1, store, runId);
  const { apiKey, python, quiet } = all;
  const again = { ...(apiKey && { apiKey }), ...(python && { python }), ...(quiet && { quiet }) };
  expect(await resumeRLM(runId, { ...again, store: killed })).toMatchObject({ success: true, answer: 'done' });
  const { calls, remarks } = await new StoreSource(killed).readRun(runId);
  expect(remarks.filter(({ level }) => level === 'warning').length).toBeGreaterThan(0);
  return calls.filter(({ isLeftBehind }) => isLeftBehind).map(({ prompt }) => prompt.at(-1)?.text.head ?? '');
}

const NOW = 'import time\nnow = lambda: time.time_ns()\n';

test('of the calls of a code block that asks one of them otherwise, that one alone is left behind', async () => {
  const left = await leftOf([
    repl(`${NOW}said = [llm_query("one"), llm_query(f"at {now()}"), llm_query("three")]\nprint(said)`),
    repl('print(llm_query("four"))'),
  ]);
  expect(left).toEqual([expect.stringMatching(/^at \d+$/)]);
});

test('of several that are asked otherwise all are left behind, and none of those between', async () => {
  const left = await leftOf([
    repl(`${NOW}said = llm_query_batched(["one", f"at {now()}", "two", f"by {now()}", "three", "three"])\nprint(said)`),
  ]);
  expect(left.toSorted()).toEqual([expect.stringMatching(/^at \d+$/), expect.stringMatching(/^by \d+$/)]);
});

test('what a code block asks no more is left behind, and the code after it is not', async () => {
  const marker = JSON.stringify(join(await temporaryFolder(), 'asked'));
  const code = `import os\nllm_query("one")\nif not os.path.exists(${marker}):\n    open(${marker}, "w").close()\n    llm_query("once")`;
  expect(await leftOf([repl(code), repl('print(llm_query("four"), llm_query("five"))')])).toEqual(['once']);
});

test('calls of children are taken up with them', async () => {
  const left = await leftOf(
    [repl(`${NOW}first = llm_query(f"at {now()}")\nprint(rlm_query("a child"))`), repl('print(llm_query("four"))')],
    { maxDepth: 2 },
    [repl('print(llm_query("below"))'), submit('"from below"')],
  );
  expect(left).toEqual([expect.stringMatching(/^at \d+$/)]);
});
