import { afterAll, describe, expect, test } from 'vitest';
import { checkFidelity } from '../../src/fidelity.ts';
import { Official } from '../../src/official.ts';
import { SCENARIOS } from '../../src/scenarios/index.ts';

// Nothing here speaks TLS: the library reads the authorities of the system twice for each client, a third of all that it does.
const official = new Official({ SSL_CERT_FILE: '', SSL_CERT_DIR: import.meta.dirname });
afterAll(() => official[Symbol.asyncDispose]());

/** What our result says where the official library returns text. */
const ENDS: Readonly<Record<string, object>> = {
  exhausted: {
    success: false,
    stopReason: 'max_iterations',
    partialAnswer: 'I could not find who built it.',
    iterations: 3,
  },
};

describe('every message of every request equals that of the official RLM, but for documented fixes', () => {
  test.each(SCENARIOS)('$name', async (scenario) => {
    const { ours, official: theirs, comparison } = await checkFidelity(scenario, official, { environment: 'local' });
    expect(comparison.difference).toBeNull();
    expect(theirs.requests.length).toBeGreaterThan(1);
    if (comparison.deviations.length === 0) expect(ours.tokens).toBe(theirs.tokens);
    const answered = { success: true, answer: theirs.result.answer, iterations: theirs.result.iterations };
    expect(ours.result).toMatchObject(ENDS[scenario.name] ?? answered);
  });
});
