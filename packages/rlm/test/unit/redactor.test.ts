import { expect, test } from 'vitest';
import { Redactor } from '../../src/host/redactor.ts';

const NONE = { apiKey: null, backendOptions: {} };

const redactor = (apiKey: string | null, backendOptions = {}, baseUrl: string | null = null) => {
  const model = { backend: 'openai', model: 'm', baseUrl, samplingArgs: {}, priceProvider: null } as const;
  const spec = { rootModel: { ...model, baseUrl: null }, subModel: model };
  return new Redactor({ spec, secrets: { root: { apiKey, backendOptions }, sub: NONE } });
};

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

test.each([
  ['a password', 'https://ada:planted-1@host/v1', 'planted-1', '[redacted]'],
  ['a password as it is meant', 'https://ada:planted%401@host', 'planted@1', '[redacted]'],
  ['a password as it is written', 'https://ada:planted%401@host', 'planted%401', '[redacted]'],
  ['a user and a password', 'https://ada:word@host', 'as ada:word in', 'as [redacted] in'],
  ['both as they are sent', 'https://ada:word@host', `Basic ${btoa('ada:word')}`, 'Basic [redacted]'],
  ['both as they are sent, without its end', 'https://ada:word@host', btoa('ada:word').replace('=', ''), '[redacted]'],
  ['a user who is the key', 'https://planted-1@host', 'planted-1', '[redacted]'],
  ['a key in the query', 'https://host/v1?a=b&api_key=planted%2B1#x', 'planted+1 planted%2B1', '[redacted] [redacted]'],
  [
    'neither the host nor the rest',
    'https://ada:planted-1@host.example/v1?version=2024-02-01',
    'host.example 2024-02-01',
    'host.example 2024-02-01',
  ],
  ['what only looks like one', 'https://host/v1/user:planted-1@x', 'planted-1', 'planted-1'],
])('of an address: %s', (_, baseUrl, text, expected) => {
  expect(redactor(null, {}, baseUrl).redact(text)).toBe(expected);
  expect(redactor(null, { azure_endpoint: baseUrl }).redact(text)).toBe(expected);
});
