import { HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { openSession, type RLMSession } from '../../src/index.ts';
import { containersOf } from './support/containers.ts';
import { inEachEnvironment } from './support/environment.ts';
import { optionsFor, provider } from './support/run.ts';
import { byQuery, CONTEXTS, open, turn } from './support/session.ts';

const NOT_SEEN = 'You have not interacted with the REPL environment';

inEachEnvironment((environment) => {
  const isDocker = environment === 'docker';

  describe('a session', () => {
    test('variables, contexts and histories accumulate', async () => {
      const fake = await provider(
        byQuery({
          one: [repl('mine = [context]\nprint(context_0 is context)'), submit('"first"')],
          two: [submit('str([mine, context, context_1, history == history_0, history_0[1]["content"][:25]])')],
          three: [
            submit('str([len(mine), context, context_1["name"], context_2, len(history_0), len(history_1), answer])'),
          ],
        }),
      );
      const session = await open(fake, { environment });
      const one = turn(session, 'the first', 'one');
      expect(await one.run).toMatchObject({ success: true, answer: 'first' });
      const { container } = await one.event('environment.started');
      const two = turn(session, { name: 'the second' }, 'two');
      expect((await two.run).answer).toBe(
        "[['the first'], 'the first', {'name': 'the second'}, True, 'Answer the following: one']",
      );
      const three = turn(session, ['the', 'third'], 'three');
      // A history holds what the model was sent: system, query, and per iteration its turn, the reply and the output.
      expect((await three.run).answer).toBe(
        "[1, 'the first', 'the second', ['the', 'third'], 6, 3, {'content': '', 'ready': False}]",
      );
      const prompts = fake.served.map(({ request }) => request.messages.map(({ content }) => content));
      expect(prompts.map(([, about]) => about?.split('\n\n')[1]?.split('.')[0])).toEqual([
        'Your context is a str of 9 total characters',
        'Your context is a str of 9 total characters',
        'Your context is a dict of 10 total characters',
        'Your context is a list of 8 total characters',
      ]);
      const asked = prompts.map((messages) => messages.at(-1) ?? '');
      expect(asked[0]).toMatch(/Turn 1\/20:$/);
      expect(asked[1]).toMatch(/Turn 2\/20:$/);
      const second = '1 prior conversation history available in the `history` variable.';
      expect(asked[2]).toContain(`${CONTEXTS(2)}\n\nNote: You have ${second}`);
      const third = '2 prior conversation histories available (history_0 through history_1).';
      expect(asked[3]).toContain(`${CONTEXTS(3)}\n\nNote: You have ${third}`);
      for (const first of [asked[0], asked[2], asked[3]]) expect(first).toContain(NOT_SEEN);
      for (const { events } of [two, three]) {
        expect(events.map(({ type }) => type)).not.toContain('environment.started');
        expect(events.filter(({ type }) => type === 'context.loaded')).toHaveLength(1);
      }
      if (isDocker) expect(container).not.toBeNull();
      if (isDocker) expect(await containersOf(session.id)).toHaveLength(1);
    });

    // What a session stands on is shown to go with it in session-stops.environments.test.ts.
    if (!isDocker) {
      test('one turn at a time, none after the end, and closing aborts', async () => {
        const fake = await provider(byQuery({ hangs: [HANG], done: [submit('"done"')] }));
        let session: RLMSession;
        {
          await using scoped = await openSession(optionsFor(fake, { environment }));
          session = scoped;
          expect(await scoped.run('text', 'done')).toMatchObject({ answer: 'done' });
          const hanging = scoped.run(undefined, 'hangs');
          await expect(scoped.run(undefined, 'done')).rejects.toMatchObject({ code: 'session_busy' });
          await fake.until(({ openRequests }) => openRequests === 1);
          await expect(scoped.run(undefined, 'done')).rejects.toMatchObject({ code: 'session_busy' });
          hanging.abort();
          await expect(hanging).rejects.toMatchObject({ code: 'aborted' });
          scoped.run(undefined, 'hangs').catch(() => {});
          await fake.until(({ openRequests }) => openRequests === 1);
        }
        await fake.until(({ openRequests }) => openRequests === 0);
        await expect(session.run(undefined, 'done')).rejects.toMatchObject({ code: 'session_closed' });
        await session.close();
        expect(session.totals.turns).toBe(3);
      });
    }
  });
});
