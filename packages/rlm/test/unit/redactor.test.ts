import { expect, test } from 'vitest';
import { Redactor } from '../../src/host/redactor.ts';

const NONE = { apiKey: null, backendOptions: {} };

const redactor = (apiKey: string | null, backendOptions = {}) =>
  new Redactor({ root: { apiKey, backendOptions }, sub: NONE });

test.each([
  ['the key of a model', 'sk-planted-1', {}, 'it said sk-planted-1.', 'it said [redacted].'],
  ['a short key that looks like one', 'sk-1234', {}, 'sk-1234', '[redacted]'],
  ['a word for no key', 'none', {}, 'none at all', 'none at all'],
  ['a header', null, { default_headers: { Authorization: 'Bearer planted-1' } }, 'planted-1', '[redacted]'],
  [
    'what is public by its name',
    null,
    { api_version: '2024-02-01-preview' },
    '2024-02-01-preview',
    '2024-02-01-preview',
  ],
  ['a list of secrets', null, { tokens: ['planted-token-1'] }, 'planted-token-1', '[redacted]'],
])('%s', (_, apiKey, options, text, expected) => {
  const value = { list: [text, 1, null], [text]: { deep: text } };
  expect(redactor(apiKey, options).redact(value)).toEqual({
    list: [expected, 1, null],
    [expected]: { deep: expected },
  });
});

test('of two secrets of which one is part of the other, the longer one goes first', () => {
  expect(redactor('planted-1', { token: 'planted-1-and-more' }).redact('planted-1-and-more planted-1')).toBe(
    '[redacted] [redacted]',
  );
});
