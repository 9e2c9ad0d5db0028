import type { FakeProvider } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { type AssessOptions, formatAssessmentResult } from '../../src/index.ts';
import { assess, finds, provider } from '../support/judge.ts';
import { manyFiles, workOf } from '../support/many-files.ts';
import { documentsOf, partsJudge } from '../support/parts-judge.ts';
import { type Repository, temporaryFolder } from '../support/repository.ts';

// Work that is judged by parts: what is read again when it changes, and what is found between parts that are read apart.

const WORK = [{ id: 'w', branch: 'work', base: 'main' }];
const review = finds(/^planted\(/, { severity: 'high', rule: 'bad-call' });

async function optionsFor(repository: Repository): Promise<AssessOptions> {
  return { cwd: repository.path, cache: { dir: await temporaryFolder() }, incremental: true };
}

/** What the provider was sent, in characters. */
const charsOf = ({ served }: FakeProvider) =>
  served.reduce((sum, { request }) => sum + request.messages.reduce((all, { content }) => all + content.length, 0), 0);
const namesOf = (fake: FakeProvider) =>
  fake.served.flatMap(({ request }) =>
    documentsOf(request).flatMap(({ name, kind }) => (kind === 'file' ? [name] : [])),
  );

test('300 real files, one edited: the second judgement costs a twentieth of the first, and says what was kept', async () => {
  const files = await manyFiles(300);
  expect(Object.keys(files)).toHaveLength(300);
  const repository = await workOf(files);
  const fake = await provider(partsJudge({ review }));
  const options = await optionsFor(repository);
  const first = await assess(fake, WORK, options);
  const all = charsOf(fake);
  const { made } = first.rlmMetrics.readings;
  expect([first.workers[0]?.verdict, first.workers[0]?.error]).toEqual(['pass', undefined]);
  expect(first.rlmMetrics.readings).toEqual({ made, kept: 0 });
  expect(namesOf(fake).toSorted()).toEqual(Object.keys(files).toSorted());
  const edited = Object.keys(files)[150] ?? '';
  await repository.add('Edit', { [edited]: `${files[edited]}\n// edited\nplanted();\n` });
  fake.forget();
  const second = await assess(fake, WORK, options);
  expect(charsOf(fake)).toBeLessThanOrEqual(all / 20);
  expect(second.rlmMetrics.readings).toEqual({ made: 1, kept: made - 1 });
  expect(namesOf(fake)).toContain(edited);
  expect(second.workers[0]).toMatchObject({ verdict: 'fail', findings: [{ rule: 'bad-call', file: edited }] });
  expect(formatAssessmentResult(second)).toContain(`1 reading made and ${made - 1} kept`);
});
