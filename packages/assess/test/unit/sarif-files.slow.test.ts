import { expect, test } from 'vitest';
import { toSarif, toSarifFiles } from '../../src/index.ts';
import { finding, MANY_WORKERS, resultOf, worker } from '../support/results.ts';

// GitHub's code scanning refuses a file with more than 20 runs, and a run with more than 25,000 results.

interface Run {
  automationDetails: { id: string };
  results: { level: string; ruleId: string }[];
  invocations: { toolExecutionNotifications?: { descriptor: { id: string }; message: { text: string } }[] }[];
  tool: { driver: { rules: { id: string; shortDescription: { text: string }; help: { text: string } }[] } };
}

const runsOf = (sarif: string): Run[] => JSON.parse(sarif).runs;

test('45 workers are three files of 20 at most, each with the verdict on all', () => {
  const result = MANY_WORKERS;
  const files = toSarifFiles(result);
  expect(files.map((file) => runsOf(file).length)).toEqual([20, 20, 5]);
  expect(files.flatMap(runsOf).map(({ automationDetails }) => automationDetails.id)).toEqual(
    result.workers.map(({ workerId }) => `rlm/${workerId}/`),
  );
  for (const file of files) expect(JSON.parse(file).properties.verdict).toBe('fail');
  expect(runsOf(toSarif(result))).toHaveLength(45);
});

test('no worker, and no more than 20, are one file: the same as the whole', () => {
  for (const result of [resultOf([]), resultOf([worker()])]) expect(toSarifFiles(result)).toEqual([toSarif(result)]);
});

test('of 25,002 findings the two mildest are left out, and it says so', () => {
  const many = Array.from({ length: 25_001 }, (_, n) => finding({ severity: 'low', file: `f${n}.ts` }));
  const [run] = runsOf(toSarif(resultOf([worker({ findings: [...many, finding({ severity: 'critical' })] })])));
  expect(run?.results).toHaveLength(25_000);
  expect(run?.results[0]).toMatchObject({ level: 'error', ruleId: 'sql-injection' });
  expect(run?.invocations[0]?.toolExecutionNotifications).toMatchObject([
    { descriptor: { id: 'findings_left_out' }, message: { text: expect.stringMatching(/^2 findings left out/) } },
  ]);
});

test('a rule of the rubric is told by its question', () => {
  const rubric = [
    {
      id: 'no-raw-sql',
      question: 'Is every query bound?',
      severity: 'high',
      outcome: 'not_met',
      notMetIn: 1,
      reason: '',
    },
  ] as const;
  const [run] = runsOf(
    toSarif(resultOf([worker({ rubric: [...rubric], findings: [finding({ rule: 'no-raw-sql' })] })])),
  );
  expect(run?.tool.driver.rules).toMatchObject([
    {
      id: 'no-raw-sql',
      shortDescription: { text: 'Is every query bound?' },
      help: {
        text: expect.stringMatching(/^The question: Is every query bound\? no-raw-sql: found by a language model/),
      },
    },
  ]);
});
