import { Effect, WorkerEvent } from '@rlm-bridge/protocol';
import { z } from 'zod';
import { RLMError } from '../api/errors.ts';
import type { RunAside } from '../api/run-store.ts';

const Line = z.strictObject({
  life: z.int().positive(),
  n: z.int().nonnegative(),
  before: z.array(WorkerEvent),
  effect: Effect,
});

/** An effect that is kept aside; `before`: what its worker had told to be begun since the one before. */
export type AsideEffect = Pick<z.infer<typeof Line>, 'before' | 'effect'>;

/** What the worker of the last life kept aside, after those of its effects that its host heard. */
export async function effectsAside(
  aside: RunAside | undefined,
  runId: string,
  { lives: life, told }: { lives: number; told: number },
): Promise<AsideEffect[]> {
  const effects: AsideEffect[] = [];
  for (const text of (await aside?.read()) ?? []) {
    const line = lineOf(text, runId);
    if (line.life !== life || line.n < told) continue;
    if (line.n !== told + effects.length) throw broken(runId, `effect ${line.n} comes after a gap`);
    effects.push(line);
  }
  return effects;
}

function lineOf(text: string, runId: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    throw broken(runId, 'a line is not what was written');
  }
}

function broken(runId: string, what: string): RLMError {
  const advice = 'Restore it from a copy, or remove it: calls that only it has are made again';
  return new RLMError('journal_corrupted', `effects.left.jsonl of run "${runId}" is broken: ${what}. ${advice}.`);
}
