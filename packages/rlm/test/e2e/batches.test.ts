import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { expectExactBill } from './support/bill.ts';
import { finish, provider } from './support/run.ts';

const BATCHES = 40;
const SIZE = 8;

test(`${BATCHES} batches of ${SIZE} all succeed, and not one request more is sent`, async () => {
  const code = `heard = []
for batch in range(${BATCHES}):
    heard += llm_query_batched([f"{batch}/{n}" for n in range(${SIZE})])
wrong = [said for n, said in enumerate(heard) if said != f"echo {n // ${SIZE}}/{n % ${SIZE}}"]
print(len(heard), wrong)`;
  const fake = await provider(
    conversation({
      turns: [repl(code), submit('f"{len(heard)} heard, {len(wrong)} wrong"')],
      prompt: ({ text }) => `echo ${text}`,
    }),
  );
  const outcome = await finish(fake, { maxSubCalls: BATCHES * SIZE });
  expect(outcome.result).toMatchObject({ success: true, answer: '320 heard, 0 wrong', subCalls: 320 });
  expect(fake.served.filter(({ request }) => request.kind === 'prompt')).toHaveLength(BATCHES * SIZE);
  expectExactBill(outcome, fake);
});

test('sub-calls in flight never exceed maxConcurrentSubCalls, over the whole tree', async () => {
  const open: number[] = [];
  const fake = await provider(
    conversation({
      turns: [repl('said = rlm_query_batched([str(n) for n in range(4)])\nprint(said)'), submit('"".join(said)')],
      childTurns: [repl('said = llm_query_batched([context + str(n) for n in range(6)])'), submit('str(len(said))')],
      prompt: () => {
        open.push(fake.openRequests);
        return { text: 'ok', delayMs: 50 };
      },
    }),
  );
  const { result } = await finish(fake, { maxDepth: 2, maxConcurrentSubCalls: 3 });
  expect(result).toMatchObject({ success: true, answer: '6666' });
  expect(Math.max(...open)).toBe(3);
});
