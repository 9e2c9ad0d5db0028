import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, type FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { RLMAbortError, type RLMEvent, type RLMOptions, type RLMResult, type RLMRun, runRLM } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { optionsFor, provider } from './support/run.ts';

const Person = z.object({
  name: z.string(),
  born: z.string().transform(Number),
  tags: z.array(z.string()).default([]),
});

const ADA = { name: 'Ada', born: 1815, tags: [] };
const RIGHT_TEXT = '{"name": "Ada", "born": "1815"}';
const WRONG_TEXT = '{"name": "Ada", "born": 1815}';
const RIGHT = submit(RIGHT_TEXT);
const WRONG = submit(WRONG_TEXT);
const PROBLEM = {
  source: 'schema',
  path: 'born',
  message: 'Invalid input: expected string, received number; you gave 1815',
};

const FENCE = '```';

/** Ways to give the same answer, as code. */
const FORMS: [string, string][] = [
  ['a dict', RIGHT_TEXT],
  ['JSON text', `'${RIGHT_TEXT}'`],
  ['JSON in a fence', `'${FENCE}json\\n${RIGHT_TEXT}\\n${FENCE}'`],
  ['JSON in a fence within prose', `'Here it is:\\n${FENCE}\\n${RIGHT_TEXT}\\n${FENCE}\\nThat is all.'`],
  ['JSON within prose', `'She is ${RIGHT_TEXT}, as far as I can see.'`],
  ['the repr of a dict', `str(${RIGHT_TEXT})`],
  ['a dataclass', `__import__("dataclasses").make_dataclass("Person", ["name", "born"])("Ada", "1815")`],
  ['a repr as pydantic writes it', `"Person(name='Ada', born='1815')"`],
  ['a str as pydantic writes it', `"name='Ada' born='1815'"`],
];

/** Answers that are not objects: the schema, the code, the value. */
const SCALARS: [string, z.ZodType, string, unknown][] = [
  ['a number', z.number(), '42', 42],
  ['a number as text', z.number(), '"42"', 42],
  ['a boolean', z.boolean(), 'True', true],
  ['an array', z.array(z.number()), '[1, 2]', [1, 2]],
  ['a text', z.string(), '"Ada, born in 1815"', 'Ada, born in 1815'],
  ['a text of digits', z.string(), '"1815"', '1815'],
  ['null', Person.nullable(), '"null"', null],
  ['one of a few words', z.enum(['yes', 'no']), '"yes"', 'yes'],
  ['a wide integer', z.string(), '10 ** 400', `1${'0'.repeat(400)}`],
];

interface Played<T> {
  fake: FakeProvider;
  result: RLMResult<T>;
  events: readonly RLMEvent[];
  rejected: readonly Extract<RLMEvent, { type: 'answer.rejected' }>[];
}

function begin<T>(fake: FakeProvider, options: RLMOptions<T>): RLMRun<T> {
  return runRLM('a short context', 'Who?', optionsFor(fake, options as RLMOptions) as RLMOptions<T>);
}

/** Runs a root model that takes these turns. The bill counts each, whatever came of its answer. */
async function play<T = string>(turns: string[], options: RLMOptions<T>): Promise<Played<T>> {
  const fake = await provider(conversation({ turns, prompt: 'yes', childTurns: [submit('"from the child"')] }));
  const run = begin(fake, options);
  const events = await Array.fromAsync(run);
  const result = await run;
  expectExactBill({ result: result as RLMResult<unknown> as RLMResult, events }, fake);
  return { fake, result, events, rejected: events.filter((event) => event.type === 'answer.rejected') };
}

/** What the root model was told in its last turn. */
function toldLast({ fake }: Played<unknown>): string[] {
  const messages = fake.served.at(-1)?.request.messages ?? [];
  return messages.filter(({ role }) => role === 'user').map(({ content }) => content);
}

const refusal = (text: string) => expect.stringContaining(`Your answer was not accepted:\n- ${text}\n`);

describe('schema', () => {
  test('a wrong answer goes back with the validator’s words, and the next one is taken', async () => {
    const played = await play([WRONG, RIGHT], { schema: Person, maxOutputChars: 10 });
    expect(played.result).toMatchObject({ success: true, answer: ADA, iterations: 2, subCalls: 0 });
    expect(played.rejected).toEqual([
      expect.objectContaining({ node: '0', depth: 0, iteration: 1, answer: WRONG_TEXT, problems: [PROBLEM] }),
    ]);
    expect(toldLast(played)).toContainEqual(refusal(`born: ${PROBLEM.message}`));
    const types = played.events.map(({ type }) => type);
    const order = ['codeBlock.completed', 'answer.rejected', 'iteration.completed'];
    expect(types.slice(types.indexOf('answer.rejected') - 1).slice(0, 3)).toEqual(order);
    expect(played.events.at(-1)).toMatchObject({ type: 'run.completed', answer: RIGHT_TEXT });
    expect(played.fake.served[0]?.request.messages[0]?.content).toContain('"name": {\n      "type": "string"');
  });

  test.each(FORMS)('%s is read', async (_, expression) => {
    const { result, rejected } = await play([submit(expression)], { schema: Person });
    expect({ answer: result.answer, rejected }).toEqual({ answer: ADA, rejected: [] });
  });

  test.each(SCALARS)('%s is read', async (_, schema, expression, value) => {
    const { result, rejected } = await play([submit(expression)], { schema });
    expect({ answer: result.answer, rejected }).toEqual({ answer: value, rejected: [] });
  });

  test('a plain JSON Schema', async () => {
    const schema = { type: 'object', properties: { day: { type: 'string', format: 'date' } }, required: ['day'] };
    const turns = [submit('{"day": "2023-02-29"}'), submit('{"day": "2024-02-29"}')];
    const { result, rejected } = await play(turns, { schema });
    expect(result.answer).toEqual({ day: '2024-02-29' });
    expect(rejected[0]?.problems).toEqual([
      { source: 'schema', path: 'day', message: 'must match format "date"; you gave "2023-02-29"' },
    ]);
  });

  test('never right: invalid_answer, with the last answer as it was given', async () => {
    const turns = [WRONG, WRONG, `${submit('{}')}\nThat is my answer.`];
    const { result, rejected } = await play(turns, { schema: Person, maxIterations: 3 });
    expect(rejected.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
    expect(result).toMatchObject({
      success: false,
      answer: null,
      stopReason: 'invalid_answer',
      partialAnswer: '{}',
      iterations: 3,
      error: { code: 'invalid_answer', message: expect.stringMatching(/3 iterations.*name: .*born: /) },
    });
  });

  test('maxRefusals: the same fault so often ends the run, and nothing is asked after', async () => {
    const turns = [WRONG, submit('{"name": 1, "born": "1815"}'), WRONG, WRONG, RIGHT];
    const { result, rejected } = await play(turns, { schema: Person, maxRefusals: 3 });
    expect(rejected.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4]);
    expect(result).toMatchObject({ stopReason: 'invalid_answer', iterations: 4, partialAnswer: WRONG_TEXT });
    expect(result.error?.message).toContain('the same fault 3 times: born: Invalid input: expected string');
  });

  test('a draft is no answer, and none was given: max_iterations', async () => {
    const { result, rejected } = await play([repl(`answer["content"] = ${WRONG_TEXT}`)], {
      schema: Person,
      maxIterations: 1,
    });
    expect(rejected).toEqual([]);
    expect(result).toMatchObject({ stopReason: 'max_iterations', partialAnswer: WRONG_TEXT });
  });

  test('an answer set again unchanged is refused again', async () => {
    const again = repl('answer["ready"] = True');
    const { result, rejected } = await play([WRONG, again, RIGHT], { schema: Person });
    expect(rejected.map(({ answer }) => answer)).toEqual([WRONG_TEXT, WRONG_TEXT]);
    expect(result.answer).toEqual(ADA);
  });

  test('several answers in one response: the first that is accepted', async () => {
    const first = await play([`${WRONG}\n${submit('"nobody"')}\n${RIGHT}\n${WRONG}`], { schema: Person });
    expect(first.result).toMatchObject({ answer: ADA, iterations: 1 });
    expect(first.rejected.map(({ answer }) => answer)).toEqual([WRONG_TEXT, 'nobody']);
    const both = await play([`${WRONG}\n${submit('"nobody"')}`, RIGHT], { schema: Person });
    expect(toldLast(both).filter((text) => text.includes('not accepted'))).toEqual([
      expect.stringMatching(/born: .*not accepted.*expected object/s),
    ]);
  });

  test('what is wrong with the shape and what is unread are told at once', async () => {
    const turns = [WRONG, repl('print(context)'), RIGHT];
    const played = await play(turns, { schema: Person, requireCoverage: 1 });
    expect(played.result.answer).toEqual(ADA);
    expect(played.rejected).toHaveLength(1);
    expect(played.rejected[0]?.problems).toEqual([PROBLEM, expect.objectContaining({ source: 'coverage' })]);
    const unread = await play([RIGHT], { schema: Person, requireCoverage: 1, maxIterations: 1 });
    expect(unread.result).toMatchObject({ stopReason: 'insufficient_coverage', partialAnswer: RIGHT_TEXT });
  });

  test('a limit after a refusal keeps its own reason, and the answer', async () => {
    const { result } = await play([WRONG, RIGHT], { schema: Person, maxTokens: 1 });
    expect(result).toMatchObject({ stopReason: 'tokens', partialAnswer: WRONG_TEXT });
  });

  test('an answer that is too long is refused where it was given, or by the gate', async () => {
    const turns = [submit('["x" * 8_000_001]'), submit('[1] * 1_000_000'), RIGHT];
    const { result, events, rejected } = await play(turns, { schema: Person });
    expect(result).toMatchObject({ answer: ADA, iterations: 3 });
    const [first] = events.filter((event) => event.type === 'codeBlock.completed');
    expect(first?.stderr).toContain('the limit is 8000000. Give a shorter answer.');
    expect(rejected.map(({ problems }) => problems[0]?.message)).toEqual([
      'it has 3,000,000 characters, of at most 2,000,000; give a shorter one',
    ]);
  });

  test('children answer in plain text', async () => {
    const asks = repl('told = rlm_query("Who is it?")\nprint(told)');
    const { result, rejected } = await play([asks, submit('{"name": told, "born": "1"}')], {
      schema: Person,
      maxDepth: 2,
    });
    expect({ answer: result.answer, rejected }).toEqual({
      answer: { name: 'from the child', born: 1, tags: [] },
      rejected: [],
    });
  });

  test('the official log shows the refusal', async () => {
    const logDir = await mkdtemp(join(tmpdir(), 'rlm-logs-'));
    onTestFinished(() => rm(logDir, { recursive: true }));
    const { result } = await play([WRONG, RIGHT], { schema: Person, logDir });
    const lines = (await readFile(result.logFile ?? '', 'utf8')).trimEnd().split('\n');
    const [, refused, accepted] = lines.map((line) => JSON.parse(line));
    const [block] = refused.code_blocks;
    expect(block.result).toMatchObject({ final_answer: null, stderr: refusal(`born: ${PROBLEM.message}`) });
    expect([refused.final_answer, accepted.final_answer]).toEqual([null, RIGHT_TEXT]);
  });
});

describe('validate', () => {
  test('its text goes to the model, and the next answer is judged again', async () => {
    const asked: unknown[] = [];
    const validate = async (answer: z.infer<typeof Person>, { runId }: { runId: string }) => {
      asked.push(answer.tags, runId);
      return answer.tags.length > 0 ? undefined : 'There are no tags.';
    };
    const tagged = submit('{"name": "Ada", "born": "1815", "tags": ["x"]}');
    const played = await play([RIGHT, tagged], { schema: Person, validate });
    expect(played.result).toMatchObject({ answer: { ...ADA, tags: ['x'] }, iterations: 2 });
    expect(asked).toEqual([[], played.result.runId, ['x'], played.result.runId]);
    expect(played.rejected).toMatchObject([
      { problems: [{ source: 'validate', path: '', message: 'There are no tags.' }] },
    ]);
    expect(toldLast(played)).toContainEqual(refusal('There are no tags.'));
  });

  test('without a schema it gets the text', async () => {
    const validate = (answer: string) => answer.length > 3 || 'Too short.';
    const { result, rejected } = await play([submit('"Ada"'), submit('"Ada Lovelace"')], { validate });
    expect(result.answer).toBe('Ada Lovelace');
    expect(rejected).toHaveLength(1);
  });

  test('what it throws is for the host alone', async () => {
    const validate = (answer: string) => answer === 'Grace' || fail('the secret of the database');
    const played = await play([submit('"Ada"'), submit('"Grace"')], { validate });
    expect(played.result.answer).toBe('Grace');
    expect(played.events).toContainEqual(
      expect.objectContaining({
        type: 'log',
        level: 'warning',
        message: 'An answer was refused because validate failed: the secret of the database',
      }),
    );
    expect(toldLast(played)).toContainEqual(
      refusal('The answer could not be checked. Go over it yourself, and give it again.'),
    );
    expect(JSON.stringify(played.fake.served.map(({ request }) => request.messages))).not.toContain('secret');
  });

  test('when it hangs, its time ends it', async () => {
    const validate = (answer: string) => (answer === 'Grace' ? true : new Promise<never>(() => {}));
    const turns = [submit('"Ada"'), submit('"Grace"')];
    const { result, rejected, events } = await play(turns, { validate, validateTimeoutMs: 50 });
    expect(result.answer).toBe('Grace');
    expect(rejected).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'log', message: expect.stringContaining('validateTimeoutMs') }),
    );
  });

  test('an abort reaches it, and ends the run with the answer it was judging', async () => {
    const fake = await provider(conversation({ turns: [submit('"Ada"')] }));
    const judging = Promise.withResolvers<AbortSignal>();
    const validate = (_: string, { signal }: { signal: AbortSignal }) => {
      judging.resolve(signal);
      return new Promise<never>(() => {});
    };
    const run = begin(fake, { validate });
    const signal = await judging.promise;
    run.abort('enough');
    const error: unknown = await run.catch((thrown: unknown) => thrown);
    expect(RLMAbortError.isInstance(error) && error.result.partialAnswer).toBe('Ada');
    expect(signal.reason).toBe('enough');
  });
});

function fail(message: string): never {
  throw new Error(message);
}
