import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { ODD_THROWS } from '../../../text/test/odd-throws.ts';
import { assessWorkers } from '../../src/index.ts';

test.each(ODD_THROWS)(
  'an onEvent that rejects with %s, and a resolve that throws it, disturb nothing',
  async (_, odd) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const options = {
      resolve: () => {
        throw odd();
      },
      onEvent: async () => {
        throw odd();
      },
    };
    const { verdict, workers } = await assessWorkers(['somebody'], options);
    expect(verdict).toBe('inconclusive');
    expect(workers[0]?.error).toMatchObject({ code: 'internal_error', message: expect.stringMatching(/./) });
    await nextTurn();
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  },
);

test('a resolve that never settles ends with the call', async () => {
  const aborting = new AbortController();
  const judging = assessWorkers(['somebody'], { resolve: () => new Promise(() => {}), signal: aborting.signal });
  aborting.abort(new Error('enough'));
  await expect(judging).rejects.toMatchObject({ name: 'AbortError' });
});
