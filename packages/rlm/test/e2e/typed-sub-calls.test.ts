import { conversation, type ModelRequest, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import type { RLMHostModel } from '../../src/index.ts';
import { Page } from '../markdown.ts';
import { expectExactBill } from './support/bill.ts';
import { comesOnce } from './support/lives.ts';
import { finish, observe, provider, surroundings } from './support/run.ts';
import { ScriptedModel } from './support/scripted-model.ts';

const PAGE = new Page('docs/typed-answers-and-coverage.md');
const EXAMPLE = /^## Typed sub-calls.*?^```python\n(.*?)^```/ms.exec(PAGE.text)?.[1] ?? '';

const isRepair = ({ text }: ModelRequest) => text.includes('Your reply does not fit the JSON Schema');
const asJSON = (expression: string) => submit(`__import__("json").dumps(${expression})`);

describe('typed sub-calls', () => {
  test('the example of the page gets values, a repaired one and an error, and all of it is on the bill', async () => {
    const replies: Record<string, [string, string]> = {
      landing: ['```json\n{"year": 1969, "event": "landing"}\n```', ''],
      wall: ['It was in {"year": "1989"}.', '{"year": 1989}'],
      nothing: ['There is no year in it.', 'There really is none.'],
    };
    const fake = await provider(
      conversation({
        turns: [repl(EXAMPLE), asJSON('[facts, failed]')],
        prompt: (request) => {
          const asked = request.messages[0]?.content ?? '';
          const [first, repaired] = replies[Object.keys(replies).find((word) => asked.includes(word)) ?? ''] ?? [];
          return (isRepair(request) ? repaired : first) ?? { status: 400, message: `not scripted: ${asked}` };
        },
      }),
    );
    const outcome = await finish(fake, { typedSubCalls: true }, 'landing\n\nwall\n\nnothing');
    expect(outcome.result).toMatchObject({ success: true, subCalls: 5 });
    expect(JSON.parse(outcome.result.answer ?? '')).toEqual([
      [{ year: 1969, event: 'landing' }, { year: 1989 }],
      ['Error: the reply does not fit the schema, nor does its repair: $: the reply holds no JSON value'],
    ]);
    const roles = outcome.events.filter((event) => event.type === 'call.completed').map(({ role }) => role);
    expect(roles).toEqual(['root', ...Array(5).fill('llm_query'), 'root']);
    expectExactBill(outcome, fake);
    const repairs = fake.served.map(({ request }) => request).filter(isRepair);
    expect(repairs.map(({ messages }) => messages.map(({ role }) => role))).toEqual(
      Array(2).fill(['user', 'assistant', 'user']),
    );
    expect(repairs.some(({ text }) => text.includes("- $.year: '1989' is not of type 'integer'"))).toBe(true);
    expect(fake.served[0]?.request.messages[0]?.content).toContain('also take `schema=`');
  });

  test('sixteen threads at depth 2, each with a value of its own', async () => {
    const code = `from concurrent.futures import ThreadPoolExecutor
number = {"type": "integer", "minimum": 0}
with ThreadPoolExecutor(16) as pool:
    out = list(pool.map(lambda n: llm_query(str(n), schema=number), range(48)))
print(out)`;
    const fake = await provider(
      conversation({
        turns: [
          repl('out = rlm_query("count", schema={"type": "array", "items": {"type": "integer"}})\nprint(out)'),
          asJSON('out'),
        ],
        childTurns: [repl(code), submit('out')],
        prompt: (request) => {
          const number = Number.parseInt(request.messages[0]?.content ?? '', 10);
          return String(number % 3 === 0 && !isRepair(request) ? -1 : number);
        },
      }),
    );
    const outcome = await finish(fake, { maxDepth: 2, typedSubCalls: true });
    expect(JSON.parse(outcome.result.answer ?? '')).toEqual([...Array(48).keys()]);
    expect(outcome.result.subCalls).toBe(2 + 48 + 16);
    expectExactBill(outcome, fake);
  });

  test('a small model that needs `response_format` gets it, and is right 10 times of 10', async () => {
    const code = `schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
out = llm_query_batched([str(n) for n in range(10)], schema=schema)`;
    const fake = await provider(
      conversation({
        turns: [repl(code), asJSON('out')],
        prompt: ({ body, text }) =>
          'response_format' in body ? `{"n": ${Number.parseInt(text, 10)}}` : 'It is hard to say, but perhaps five.',
      }),
    );
    const outcome = await finish(fake);
    expect(JSON.parse(outcome.result.answer ?? '')).toEqual([...Array(10).keys()].map((n) => ({ n })));
    expect(outcome.result).toMatchObject({ subCalls: 10, usage: { finishReasons: { stop: 12 } } });
    const formats = fake.served.map(({ request }) => request.body.response_format);
    expect(formats.filter(Boolean)).toEqual(
      Array(10).fill({ type: 'json_schema', json_schema: expect.objectContaining({ name: 'reply', strict: false }) }),
    );
    expectExactBill(outcome, fake);
  });

  test('a function as a model is handed the schema, of an object always, and text asks for none', async () => {
    comesOnce('its model says another thing each time');
    const code = `person = {"type": "object", "properties": {"n": {"type": "integer"}}}
out = [llm_query("a", schema=person), llm_query("b", schema={"enum": ["yes", "no"]}), llm_query("c")]`;
    const turns = new ScriptedModel(conversation({ turns: [repl(code), asJSON('out')] }));
    const schemas: unknown[] = [];
    const sub: RLMHostModel = async (request) => {
      schemas.push('schema' in request ? request.schema : 'text');
      return { text: ['{"n": 1}', '{"reply": "yes"}', 'prose'][schemas.length - 1] ?? '' };
    };
    const { run } = observe(surroundings({ rootModel: turns.model, subModel: sub }));
    expect(JSON.parse((await run).answer ?? '')).toEqual([{ n: 1 }, 'yes', 'prose']);
    expect(schemas).toEqual([
      { type: 'object', properties: { n: { type: 'integer' } } },
      expect.objectContaining({ type: 'object', properties: { reply: { enum: ['yes', 'no'] } } }),
      'text',
    ]);
  });

  test('no sub-call is left for the repair', async () => {
    const fake = await provider(
      conversation({ turns: [repl('out = llm_query("q", schema={"type": "object"})'), submit('out')], prompt: 'no' }),
    );
    const outcome = await finish(fake, { maxSubCalls: 1 });
    expect(outcome.result.answer).toMatch(
      /^Error: the reply does not fit the schema \(.*\), and its repair failed: sub-call limit reached \(1 of 1\)/,
    );
    expect(fake.served.filter(({ request }) => request.kind === 'prompt')).toHaveLength(1);
    expect(fake.served[0]?.request.messages[0]?.content).not.toContain('schema=');
  });

  test('garbage as a schema is a text, asks nobody, and the next block runs', async () => {
    const code = `cycle = {}
cycle["not"] = cycle
garbage = ["x", object(), cycle, {"type": "?"}, {"minimum": float("nan")}, {"$ref": "http://127.0.0.1:1/"}]
out = [llm_query("q", schema=one) for one in garbage]`;
    const fake = await provider(conversation({ turns: [repl(code), asJSON('out')], prompt: 'never asked' }));
    const { result } = await finish(fake);
    const said: string[] = JSON.parse(result.answer ?? '');
    expect(said.map((text) => text.slice(0, 34))).toEqual(Array(6).fill('Error: the schema cannot be used: '));
    expect(result.subCalls).toBe(0);
  });
});
