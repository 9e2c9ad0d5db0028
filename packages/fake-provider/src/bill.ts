import type { TokenUsage } from './usage.ts';

/** One model's part of the bill. `costPicoUsd` is null for a model without a price. */
export interface BillLine {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly costPicoUsd: bigint | null;
}

/** What the provider would charge, by model. */
export type Bill = Readonly<Record<string, BillLine>>;

interface Price {
  readonly input: bigint;
  readonly cached: bigint;
  readonly cacheWrite: bigint;
  readonly output: bigint;
}

const MICRO = 1_000_000;

/** USD per million tokens is micro-dollars per token; in pico-dollars every list price is a whole number. */
function perMillion(input: number, output: number, cached: number, cacheWrite = input): Price {
  const pico = (usd: number) => BigInt(Math.round(usd * MICRO));
  return { input: pico(input), output: pico(output), cached: pico(cached), cacheWrite: pico(cacheWrite) };
}

/** This provider's own price list, copied from the vendors' pages and not from the table under test. */
const PRICES: Readonly<Record<string, Price>> = {
  'gpt-4.1': perMillion(2, 8, 0.5),
  'gpt-4': perMillion(30, 60, 30),
  'gpt-4o-mini': perMillion(0.15, 0.6, 0.075),
  'gpt-5-mini': perMillion(0.25, 2, 0.025),
  'claude-sonnet-4-5': perMillion(3, 15, 0.3, 3.75),
  'claude-haiku-4-5': perMillion(1, 5, 0.1, 1.25),
  'gemini-2.5-flash': perMillion(0.3, 2.5, 0.03),
};

/** The price of one call in pico-dollars, or null for a model not on the list; a router's prefix is left out. */
export function priceOf(model: string, usage: TokenUsage): bigint | null {
  const price = PRICES[model.slice(model.lastIndexOf('/') + 1)];
  if (price === undefined) return null;
  const fresh = usage.input - usage.cached - usage.cacheWrite;
  return (
    BigInt(fresh) * price.input +
    BigInt(usage.cached) * price.cached +
    BigInt(usage.cacheWrite) * price.cacheWrite +
    BigInt(usage.output) * price.output
  );
}

const EMPTY: BillLine = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costPicoUsd: 0n,
};

function add(a: BillLine, b: BillLine): BillLine {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    costPicoUsd: a.costPicoUsd === null || b.costPicoUsd === null ? null : a.costPicoUsd + b.costPicoUsd,
  };
}

/** Adds up billed calls by model. */
export function billFor(calls: Iterable<{ model: string; usage: TokenUsage }>): Bill {
  const bill: Record<string, BillLine> = {};
  for (const { model, usage } of calls) {
    bill[model] = add(bill[model] ?? EMPTY, {
      calls: 1,
      inputTokens: usage.input,
      outputTokens: usage.output,
      cachedInputTokens: usage.cached,
      cacheWriteTokens: usage.cacheWrite,
      reasoningTokens: usage.reasoning,
      costPicoUsd: priceOf(model, usage),
    });
  }
  return bill;
}

/** The whole bill as one line. */
export function billTotal(bill: Bill): BillLine {
  return Object.values(bill).reduce(add, EMPTY);
}
