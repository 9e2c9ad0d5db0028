import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { memoryStore, type RLMOptions, runRLM, verifyRLM } from '../../src/index.ts';
import { isReply, killedAfter, linesOf } from './support/journals.ts';
import { optionsFor, PYTHON, provider } from './support/run.ts';
import { SCENARIOS } from './support/scenarios.ts';

const RUN = 'verified';
const AGAIN = { python: PYTHON, quiet: true };

async function kept(
  script: Parameters<typeof provider>[0],
  options: RLMOptions = {},
  context: unknown = 'a short context',
) {
  const fake = await provider(script);
  const store = memoryStore();
  await runRLM(context as string, 'What is it?', { ...optionsFor(fake, options), store, runId: RUN });
  const { length } = await linesOf(store, RUN);
  await fake.stop();
  return { store, length };
}

test.each(SCENARIOS)(
  'the code of a run does the same over its journal, with no provider at all: $name',
  async (scenario) => {
    const { store, length } = await kept(scenario.script, scenario.options as RLMOptions, scenario.context);
    const verification = await verifyRLM(RUN, { store, ...AGAIN });
    expect(verification).toMatchObject({ runId: RUN, isSame: true, differences: [] });
    expect(verification.replayedCalls).toBeGreaterThan(0);
    expect(await linesOf(store, RUN)).toHaveLength(length);
  },
);

test('a run that was killed is verified as far as its journal goes', async () => {
  const { store } = await kept(conversation({ turns: [repl('print(llm_query("a"))'), submit('"done"')], prompt: 'b' }));
  const lines = await linesOf(store, RUN);
  for (const count of lines.flatMap((line, n) => (isReply(line) ? [n + 1] : []))) {
    const killed = await killedAfter(count, store, RUN);
    expect(await verifyRLM(RUN, { store: killed, ...AGAIN })).toMatchObject({ isSame: true, differences: [] });
  }
});

test.each([
  ['asks otherwise', 'import time\nsaid = llm_query(f"at {time.time_ns()}")', 'prompt'],
  ['prints otherwise', 'import uuid\nprint(uuid.uuid4())', 'output'],
])('code that %s is told by its place', async (_, code, what) => {
  const { store } = await kept(conversation({ turns: [repl(code), submit('"done"')], prompt: 'b' }));
  const { isSame, differences } = await verifyRLM(RUN, { store, ...AGAIN });
  expect(isSame).toBe(false);
  expect(differences[0]).toMatchObject({ node: '0', iteration: 1, codeBlock: 0, what });
  expect(differences[0]?.now).not.toBe(differences[0]?.recorded);
});

test('another answer is a difference of the end', async () => {
  const { store } = await kept(conversation({ turns: [submit('str(__import__("time").time_ns())')] }));
  const { differences } = await verifyRLM(RUN, { store, ...AGAIN });
  expect(differences).toMatchObject([{ node: '0', what: 'end', recorded: expect.stringMatching(/^answered: \d+$/) }]);
});

test('a run that is not there is refused', async () => {
  await expect(verifyRLM('nobody', { store: memoryStore(), ...AGAIN })).rejects.toMatchObject({
    code: 'run_not_found',
  });
});
