import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { openSession, type RLMRun, type RLMSession, type RLMSessionTotals } from '../../src/index.ts';

test('a turn is a run, typed by its schema', () => {
  const check = async (session: RLMSession) => {
    expectTypeOf(session.run('text', 'q')).toEqualTypeOf<RLMRun<string>>();
    expectTypeOf(session.run(undefined, 'q', { maxIterations: 1 })).toEqualTypeOf<RLMRun<string>>();
    const schema = z.object({ name: z.string() });
    expectTypeOf(session.run('text', 'q', { schema })).toEqualTypeOf<RLMRun<{ name: string }>>();
    expectTypeOf(session.totals).toEqualTypeOf<RLMSessionTotals>();
    expectTypeOf(session).toExtend<AsyncDisposable>();
    // @ts-expect-error models belong to the session
    session.run('text', 'q', { rootModel: 'sonnet' });
    // @ts-expect-error a schema belongs to a turn
    openSession({ schema });
  };
  expectTypeOf(check).returns.toEqualTypeOf<Promise<void>>();
});
