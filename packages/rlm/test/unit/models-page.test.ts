import { BACKENDS, CHOOSING_KEYS } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import type { RLMBackend } from '../../src/api/backends.ts';
import { DEFAULT_MODELS, MODEL_ALIASES } from '../../src/options/models.ts';
import { resolveModels } from '../../src/options/resolve-models.ts';
import { Page, quoted } from '../markdown.ts';

// docs/models.md says which models are used; what they cost there is checked in python/tests/ledger/test_model_prices.py.

const page = new Page('docs/models.md');
const defaults = page.tableOf('Defaults').map((cells) => cells.map(quoted));

test('each backend has its line', () => {
  expect(defaults.map(([backend]) => backend?.[0])).toEqual(Object.keys(BACKENDS));
});

test('the variables of each key', () => {
  const said = defaults.map(([backend, keys]) => [backend?.[0], keys]);
  expect(said).toEqual(Object.entries(BACKENDS).map(([backend, { keys }]) => [backend, keys]));
});

test('the default root and sub model of each backend are those that a run uses', () => {
  const said = defaults.map(([backend, , root, sub]) => [backend?.[0], root?.[0], sub?.[0]] as const);
  const named = said.filter(([backend]) => Object.hasOwn(DEFAULT_MODELS, backend ?? ''));
  expect(named.length).toBe(Object.keys(DEFAULT_MODELS).length);
  for (const [backend, root, sub] of named) {
    const models = resolveModels({ backend: backend as RLMBackend, apiKey: 'none' });
    expect([models.root.model, models.sub.model]).toEqual([root, sub]);
  }
});

test('the aliases', () => {
  const said = page.tableOf('Aliases').map((cells) => cells.flatMap(quoted));
  expect(said).toEqual(
    Object.entries(MODEL_ALIASES).map(([alias, { anthropic, gateway }]) => [alias, anthropic, gateway]),
  );
});

test('the keys that choose a backend, in their order', () => {
  const before = page.textOf('Defaults').split('\n| ')[0] ?? '';
  const keys = quoted(before).filter((name) => name.endsWith('_API_KEY'));
  expect(keys).toEqual(Object.keys(CHOOSING_KEYS));
});
