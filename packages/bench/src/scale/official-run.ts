import { Official, type OfficialResult } from '../official.ts';
import { ROOT_MODEL, SUB_MODEL } from './our-run.ts';
import type { QuickProvider } from './quick-provider.ts';

/** The official library on what the provider was asked to say, in a process that has imported it before. */
export async function officialRun(
  provider: QuickProvider,
  given: { maxIterations?: number; contextFile?: string } = {},
): Promise<OfficialResult> {
  const { maxIterations = 3, contextFile } = given;
  await using official = new Official();
  await official.ready();
  const work = {
    name: 'scale',
    context: 'a short context',
    query: 'What stands there?',
    rootModel: ROOT_MODEL,
    subModel: SUB_MODEL,
    maxIterations,
    script: () => () => '', // the provider has its own
  };
  const where = {
    baseUrl: provider.url,
    environment: 'local',
    ...(contextFile !== undefined && { contextFile }),
  } as const;
  return await official.run(work, where);
}
