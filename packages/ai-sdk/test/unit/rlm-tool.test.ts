import { expect, test } from 'vitest';
import { rlmTool } from '../../src/index.ts';

test('context and folder do not go together', () => {
  const both = { context: 'text', folder: '.' } as unknown as { context: string };
  expect(() => rlmTool(both)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
});

test('the model gives a question, and what the tool leaves to it', () => {
  const query = 'What is it?';
  const known = rlmTool({ context: 'text' }).inputSchema;
  expect(known.parse({ query })).toEqual({ query });
  expect(known.safeParse({ query: '' }).success).toBe(false);
  const folder = rlmTool({ folder: '.' }).inputSchema;
  expect(folder.safeParse({ query, files: ['*.md'] }).success).toBe(true);
  expect(folder.safeParse({ query, files: [] }).success).toBe(false);
  expect(rlmTool().inputSchema.safeParse({ query }).success).toBe(false);
});

test('it describes itself, or as it is told', () => {
  const own = [rlmTool({ context: 'text' }), rlmTool({ folder: '.' }), rlmTool()].map(({ description }) => description);
  expect(new Set(own).size).toBe(3);
  expect(rlmTool({ context: 'text', description: 'Knows the handbook.' }).description).toBe('Knows the handbook.');
});

test('while it runs there is nothing for the model', () => {
  const spent = { runId: 'r', iterations: 0, subCalls: 0, costUsd: 0 };
  const output = rlmTool().toModelOutput({ output: { state: 'running', ...spent } });
  expect(output).toEqual({ type: 'error-text', value: 'The run has not come to its end.' });
});

test('an option that is undefined is as if it was not there', () => {
  const plain = rlmTool({ context: 'text' });
  const handed = rlmTool({ context: 'text', folder: undefined, description: undefined, signal: undefined });
  expect(handed.description).toBe(plain.description);
  expect(rlmTool({ folder: '.', context: undefined }).description).toBe(rlmTool({ folder: '.' }).description);
  expect(rlmTool({ context: undefined, folder: undefined }).description).toBe(rlmTool().description);
});
