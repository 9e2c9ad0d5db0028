import { readFileSync } from 'node:fs';
import { type Message, type ModelRequest, readRequest } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { compare, shapeOf } from '../../src/compare.ts';
import { DEVIATIONS, SUB_MODEL_SERVES } from '../../src/deviations.ts';

let arrived = 0;
function request(messages: readonly Message[], model = 'root'): ModelRequest {
  arrived += 1;
  return readRequest(arrived, 'openai', { model, messages });
}

const system = { role: 'system', content: 'You are an RLM.' };
const metadata = { role: 'user', content: 'Answer the following: what?' };
const turn = (n: number, ...history: Message[]) =>
  request([system, metadata, ...history, { role: 'user', content: `Turn ${n}/5:` }]);
const prompt = (content: string, model = 'sub') => request([{ role: 'user', content }], model);
const output = (content: string) => ({ role: 'user', content: `REPL output:\n\n${content}` });

test('equal runs have no difference, whatever the order of parallel sub-calls', () => {
  const ours = [turn(1), prompt('a'), prompt('b'), turn(2)];
  const official = [turn(1), prompt('b'), prompt('a'), turn(2)];
  expect(compare(ours, official)).toEqual({ deviations: [], difference: null });
});

test('a difference of one character is found and placed', () => {
  const { difference } = compare([turn(1), turn(2, output('4'))], [turn(1), turn(2, output('5'))]);
  expect(difference).toMatchObject({ request: 1, message: 2, ours: expect.stringContaining('4') });
});

test('a request too many and a request too few are differences', () => {
  expect(compare([turn(1), turn(2)], [turn(1)]).difference).toMatchObject({ request: 1, official: 'no request' });
  expect(compare([turn(1)], [turn(1), prompt('a')]).difference).toMatchObject({ request: 1, ours: 'no request' });
});

test('documented deviations explain only what they name', () => {
  const final = 'Please provide a final answer to the user';
  const asked = (role: string, content = final) => request([system, metadata, { role, content }]);
  expect(compare([asked('user')], [asked('assistant')]).deviations).toMatchObject([
    { name: 'default answer is asked by the user' },
  ]);
  expect(compare([asked('user')], [asked('assistant', `${final}!`)]).difference).not.toBeNull();
  const failed = (text: string, printed = '1') => turn(2, output(`${printed}\nError: ${text}`));
  expect(compare([failed('ask less')], [failed('Error code: 400')]).difference).toBeNull();
  expect(compare([failed('ask less', '2')], [failed('Error code: 400')]).difference).not.toBeNull();
  const raised = (variables: string) => turn(2, output(`NameError: x\n\nREPL variables: [${variables}]\n`));
  expect(compare([raised("'a', 'kept'")], [raised("'a'")]).difference).toBeNull();
  expect(compare([raised("'a', 'other'")], [raised("'a'")]).difference).not.toBeNull();
  const both = (text: string, variables: string) => turn(2, output(`Error: ${text}\n\nREPL variables: [${variables}]`));
  expect(compare([both('x', "'a', 'kept'")], [both('y', "'a'")]).deviations).toHaveLength(2);
  const listed = (variables: string) => turn(2, output(`Available variables: {${variables}}`));
  expect(compare([listed("'a': 'str'")], [listed("'f': 'TextIOWrapper', 'a': 'str'")]).difference).toBeNull();
  expect(compare([listed("'a': 'str'")], [listed("'g': 'TextIOWrapper', 'a': 'str'")]).difference).not.toBeNull();
  expect(compare([prompt('a', 'sub')], [prompt('a', 'root')]).difference).toBeNull();
  expect(compare([turn(1)], [{ ...turn(1), model: 'other' }]).difference).not.toBeNull();
});

test('every allowed difference is documented in the worker', () => {
  const documented = readFileSync(
    new URL('../../../../python/src/rlm_worker/loop/deviations.py', import.meta.url),
    'utf8',
  );
  for (const { name } of [...DEVIATIONS, SUB_MODEL_SERVES]) expect(documented).toContain(`"${name}"`);
});

test('the shape of a run', () => {
  expect(shapeOf([turn(1), prompt('a'), prompt('b'), turn(2), prompt('c')])).toBe('t p2 t p');
});
