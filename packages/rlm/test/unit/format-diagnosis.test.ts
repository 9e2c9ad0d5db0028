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
