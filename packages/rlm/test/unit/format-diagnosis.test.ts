import { expect, test } from 'vitest';
import { formatDiagnosis, type RLMCheck } from '../../src/index.ts';

const uv: RLMCheck = {
  name: 'uv',
  status: 'ok',
  summary: '0.13.8 (uv)',
  advice: null,
  details: { path: 'uv', version: '0.13.8' },
};
const python: RLMCheck = { name: 'python', status: 'failed', summary: 'not usable', advice: 'a\n\nb', details: null };
const keys: RLMCheck = { name: 'keys', status: 'warning', summary: 'set: none', advice: 'Set one.', details: null };

test('a check a line, what to do below it, and how it stands', () => {
  expect(formatDiagnosis({ ok: false, checks: [uv, python, keys] })).toBe(
    [
      'ok       uv      0.13.8 (uv)',
      'failed   python  not usable',
      '    a',
      '    b',
      'warning  keys    set: none',
      '    Set one.',
      'Runs cannot go ahead: python.',
    ].join('\n'),
  );
  expect(formatDiagnosis({ ok: true, checks: [uv] })).toBe('ok  uv  0.13.8 (uv)\nRuns can go ahead.');
});

test.each([
  [[], [], 'No key is set, so only with a function as the model'],
  [
    ['PORTKEY_API_KEY'],
    ['VLLM_BASE_URL'],
    'Only with a backend that is named: that of PORTKEY_API_KEY or VLLM_BASE_URL',
  ],
])(
  'without a default backend it says with what runs can go ahead: keys %j, addresses %j',
  (keyVariables, baseUrlVariables, words) => {
    const details = { keyVariables, baseUrlVariables, defaultBackend: null };
    const keys: RLMCheck = { name: 'keys', status: 'warning', summary: 'none', advice: null, details };
    expect(formatDiagnosis({ ok: true, checks: [keys] })).toContain(`Runs can go ahead. ${words}`);
  },
);
