import type { AssessmentResult } from '@rlm-bridge/assess';
import { memoryStore, type RunStore } from 'rlm-bridge';
import { assess, finds, provider, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';

/** Thirty lines with an `eval` in line 12. */
export const SOURCE: readonly string[] = Array.from({ length: 30 }, (_, line) =>
  line === 11 ? 'eval(input);' : `const line${line + 1} = ${line + 1};`,
);

export interface Assessed {
  result: AssessmentResult;
  store: RunStore;
  repository: Repository;
}

/** A judge that sends every document to the sub model but `unread.ts`, and finds every `eval`. */
export const judge = scriptedJudge({
  read: 'texts = llm_query_batched(["Review this document.\\n" + text for name, text in context.items() if name != "src/unread.ts"])',
  review: finds(/eval/, {
    severity: 'critical',
    category: 'security',
    rule: 'no-eval',
    message: 'What a user types is run.',
    suggestion: 'Parse it.',
  }),
});

/** A real assessment of two workers by that judge, twice each, kept in a store. */
export async function assessed(options: { assessmentId?: string; store?: RunStore } = {}): Promise<Assessed> {
  const { store = memoryStore(), assessmentId = 'change-1' } = options;
  const repository = await Repository.at(await temporaryFolder());
  await repository.write({
    'src/bad.ts': `${SOURCE.join('\n')}\n`,
    'src/unread.ts': 'export const nobody = "reads this";\n'.repeat(20),
    'src/good.ts': 'export const good = 1;\n',
  });
  const workers = [
    { id: 'careless', files: ['src/bad.ts', 'src/unread.ts'] },
    { id: 'careful', files: ['src/good.ts'] },
  ];
  const kept = { store, assessmentId, cache: false, requireCoverage: 0.1 } as const;
  const result = await assess(await provider(judge), workers, { cwd: repository.path, samples: 2, ...kept });
  return { result, store, repository };
}
