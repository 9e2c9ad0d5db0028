import { expect, test } from 'vitest';
import { ASSESS_ERROR_CODES, WORKER_ERROR_CODES } from '../../../assess/src/api/errors.ts';
import { ProtocolErrorCode } from '../../../protocol/src/codes.ts';
import { Page, quoted } from '../../../rlm/test/markdown.ts';
import { EXIT } from '../../src/exit/exit-codes.ts';

// docs/troubleshooting.md: the codes of runs are checked beside runRLM; these are the others.

const page = new Page('docs/troubleshooting.md');
const firstColumn = (heading: string) => page.tableOf(heading).flatMap(([first = '']) => quoted(first));

test('every error code of an assessment has a row of advice', () => {
  expect(firstColumn('Codes of an assessment').sort()).toEqual(
    [...new Set([...ASSESS_ERROR_CODES, ...WORKER_ERROR_CODES])].sort(),
  );
});

test('every error code of the protocol has its row', () => {
  expect(firstColumn('Codes between Node and the worker').sort()).toEqual([...ProtocolErrorCode.options].sort());
});

test('every exit code has a row of advice', () => {
  const codes = page.tableOf('Exit codes of the command').flatMap(([first = '']) => first.split(', ').map(Number));
  const signals = [128 + 2, 128 + 15]; // SIGINT, SIGTERM
  expect(codes).toEqual([...Object.values(EXIT), ...signals]);
});
