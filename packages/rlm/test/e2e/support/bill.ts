import { type Bill, type BillLine, billTotal, type FakeProvider } from '@rlm-bridge/fake-provider';
import { expect } from 'vitest';
import type { RLMEvent, RLMResult } from '../../../src/index.ts';

type Completed = Extract<RLMEvent, { type: 'call.completed' }>;

export const picoUsd = (usd: number | null) => (usd === null ? null : BigInt(Math.round(usd * 1e12)));

const EMPTY: BillLine = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costPicoUsd: 0n,
};

/**
 * The result's bill, the sum of its `call.completed` events and the provider's own count are one and the same, per
 * model and in total. The provider counts answered calls; ours has failed ones too, which cost nothing.
 */
export function expectExactBill(
  { result, events }: { result: RLMResult<string>; events: readonly RLMEvent[] },
  fake: Pick<FakeProvider, 'bill'>,
): void {
  const completed = events.filter((event) => event.type === 'call.completed');
  const failed = (model?: string) =>
    completed.filter((call) => call.outcome !== 'succeeded' && (model ?? call.model) === call.model).length;
  const { byModel, priceTable: _, abandonedCalls: __, finishReasons: ___, ...total } = result.usage;
  const lines = Object.entries(byModel).map(([model, { costUsd, ...line }]) => [
    model,
    { ...line, calls: line.calls - failed(model), costPicoUsd: picoUsd(costUsd) },
  ]);
  expect(answered(Object.fromEntries(lines))).toEqual(fake.bill);
  expect(answered(billOf(completed))).toEqual(fake.bill);
  expect({ ...total, calls: total.calls - failed(), costPicoUsd: picoUsd(result.costUsd) }).toEqual(
    billTotal(fake.bill),
  );
  expect(completed.at(-1)?.totals).toMatchObject({
    calls: result.usage.calls,
    subCalls: result.subCalls,
    costUsd: result.costUsd,
  });
}

const answered = (bill: Bill): Bill => Object.fromEntries(Object.entries(bill).filter(([, { calls }]) => calls > 0));

function billOf(completed: readonly Completed[]): Bill {
  const bill: Record<string, BillLine> = {};
  for (const call of completed) bill[call.model] = add(bill[call.model] ?? EMPTY, call);
  return bill;
}

function add(line: BillLine, call: Completed): BillLine {
  const cost = picoUsd(call.costUsd);
  return {
    calls: line.calls + (call.outcome === 'succeeded' ? 1 : 0),
    inputTokens: line.inputTokens + call.inputTokens,
    outputTokens: line.outputTokens + call.outputTokens,
    cachedInputTokens: line.cachedInputTokens + call.cachedInputTokens,
    cacheWriteTokens: line.cacheWriteTokens + call.cacheWriteTokens,
    reasoningTokens: line.reasoningTokens + call.reasoningTokens,
    costPicoUsd: line.costPicoUsd === null || cost === null ? null : line.costPicoUsd + cost,
  };
}
