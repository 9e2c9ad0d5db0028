import type { ViewSource } from '../../../src/model/view-source.ts';
import { readPageFiles } from '../../../src/report/page-files.ts';
import { type ServedPage, serveSource } from '../../../src/server/serve-source.ts';
import { browser } from './chromium.ts';
import { KeptPage, type PageOptions } from './kept-page.ts';
import { ShownSource } from './shown-source.ts';

/** Where no view is. */
const NOWHERE = '#/nowhere';

interface Stage {
  kept: KeptPage;
  source: ShownSource;
  served: ServedPage;
  /** What the page has read of an assessment, which it does once. */
  assessment: unknown;
}

let built: Promise<Stage> | undefined;

/** The page of all tests of a process, at a place without a view: what another test left a view like is gone. */
export async function stage(source: ViewSource, options: PageOptions): Promise<KeptPage> {
  built ??= build(source);
  const stage = await built;
  const { kept, served } = stage;
  await kept.turn(NOWHERE, options);
  await kept.page.getByText('There is nothing at this address.').waitFor();
  await served.unfollowed();
  stage.source.now = source;
  const assessment = await source.readAssessment();
  if (assessment !== stage.assessment) await kept.open(`${served.url}${NOWHERE}`, options);
  stage.assessment = assessment;
  return kept;
}

async function build(first: ViewSource): Promise<Stage> {
  const source = new ShownSource(first);
  const served = await serveSource(source, await readPageFiles(), 0);
  const kept = await KeptPage.of(await browser());
  await kept.open(`${served.url}${NOWHERE}`);
  return { kept, source, served, assessment: await first.readAssessment() };
}
