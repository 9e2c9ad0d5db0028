import { excerptsOfContext, type Finding, type FindingExcerpt } from '@rlm-bridge/assess';
import type { FindingCallView, JudgeRunView } from '../model/assessment-view.ts';
import type { CallView } from '../model/call-view.ts';
import type { CoverageView } from '../model/coverage-view.ts';
import type { ViewSource } from '../model/view-source.ts';
import type { NamedRun } from './runs-of-assessment.ts';

/** What a run of the judge tells of the findings of its worker. */
export interface JudgedRun {
  unread: JudgeRunView['unread'];
  excerpts: FindingExcerpt[];
  calls: Pick<FindingCallView, 'findingId' | 'call' | 'how'>[];
}

const NOTHING: JudgedRun = { unread: null, excerpts: [], calls: [] };

/** Reads a run of the judge; of one that cannot be read, nothing: opened, it says what is wrong. */
export async function judgedRun(
  source: ViewSource,
  { runId }: NamedRun,
  findings: readonly Finding[],
): Promise<JudgedRun> {
  const view = await source.readRun(runId, true).catch(() => null);
  const coverage = view?.head.coverage ?? null;
  if (view === null || coverage === null) return NOTHING;
  const context: Record<string, string> = Object.create(null);
  for (const { name, text } of coverage.documents) {
    const isWanted = name !== null && text !== null && findings.some(({ file }) => file === name);
    if (isWanted) context[name] = await source.readText(runId, text);
  }
  const excerpts = excerptsOfContext(findings, context);
  const replies = await repliesOf(source, runId, view.calls);
  const calls = findings.flatMap((finding) => callsOf(finding, { excerpts, coverage, calls: view.calls, replies }));
  return { unread: unreadOf(coverage), excerpts, calls };
}

function unreadOf({ documents }: CoverageView): JudgedRun['unread'] {
  return documents.flatMap(({ name, fraction }, document) =>
    fraction !== null && fraction < 1 ? [{ document, name: name ?? '', fraction }] : [],
  );
}

/** What each call said, as it is compared; null: nothing. */
async function repliesOf(source: ViewSource, runId: string, calls: readonly CallView[]): Promise<(string | null)[]> {
  const replies: (string | null)[] = [];
  for (const { reply } of calls) replies.push(reply && plain(await source.readText(runId, reply)));
  return replies;
}

/** A quote that stands in a reply may be a string of JSON or of Python there: escapes and white space are left out. */
function plain(text: string): string {
  return text.replaceAll(/\\[nrt]/g, '').replaceAll(/[\\\s]+/g, '');
}

/** Of quotes that are shorter, a reply has too many by chance. */
const LEAST_QUOTE_CHARS = 4;

function callsOf(
  finding: Finding,
  known: {
    excerpts: readonly FindingExcerpt[];
    coverage: CoverageView;
    calls: readonly CallView[];
    replies: readonly (string | null)[];
  },
): JudgedRun['calls'] {
  const { excerpts, coverage, calls, replies } = known;
  const place = excerpts.find(({ findingId }) => findingId === finding.id)?.place;
  const document = coverage.documents.findIndex(({ name }) => name === finding.file);
  const readers = new Set(
    coverage.reads.flatMap(([of, start, end, call]) =>
      place !== undefined && of === document && start < place.end && end > place.start ? [call] : [],
    ),
  );
  const quote = plain(finding.quote);
  return calls.flatMap(({ name }, at) => {
    const isSaid = quote.length >= LEAST_QUOTE_CHARS && (replies[at]?.includes(quote) ?? false);
    if (!isSaid && !readers.has(at)) return [];
    return [{ findingId: finding.id, call: name, how: isSaid ? ('said' as const) : ('read' as const) }];
  });
}
