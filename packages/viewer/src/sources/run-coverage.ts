import { isSubCall } from '@rlm-bridge/usage';
import type { RunStore } from 'rlm-bridge';
import { type RLMRecordedContext, readJournal } from 'rlm-bridge/journal';
import { CoverageFold, textOf } from '../coverage/coverage-fold.ts';
import type { CoverageView } from '../model/coverage-view.ts';
import { textRef } from '../texts/text-ref.ts';
import { contextTexts } from './context-texts.ts';
import { recordsOf } from './records-of.ts';

/** Where a run is: in a journal, which may be that of a session. */
export interface RunPlace {
  store: RunStore;
  journalId: string;
  turn: number | undefined;
}

/** Which call read which part, and the documents' texts by their numbers. */
export interface FoundCoverage {
  view: CoverageView;
  texts: ReadonlyMap<number, string>;
}

/** Compares the context of a run that is over with all its prompts. `firstId`: of the numbers that no text has. */
export async function findCoverage(
  place: RunPlace,
  measured: CoverageView | null,
  required: number | null,
  firstId: number,
): Promise<FoundCoverage | null> {
  const context = await lastContext(place);
  if (context === null) return null;
  const found = await contextTexts(place.store, place.journalId, context);
  const texts = found.documents.map(({ text }) => text ?? '');
  const fold = await foldOf(place, texts);
  await readRests(place, fold);
  const named = found.documents.map(({ name, text }, document) => {
    const chars = measured?.documents[document]?.chars ?? text?.length ?? 0;
    const seen = text === null ? null : shareOf(fold.seen(document), text.length);
    const fraction = measured?.documents[document]?.fraction ?? seen;
    return {
      name,
      chars: text?.length ?? chars,
      text: text === null ? null : textRef(firstId + document, text),
      fraction,
    };
  });
  const chars = named.reduce((sum, document) => sum + document.chars, 0);
  const share = (role?: 'root' | 'sub') =>
    shareOf(
      texts.reduce((sum, _, document) => sum + fold.seen(document, role), 0),
      chars,
    );
  const view = {
    chars: measured?.chars ?? chars,
    fraction: measured?.fraction ?? share(),
    byRole: measured?.byRole ?? { root: share('root'), sub: share('sub') },
    required,
    documents: found.documents.length === 0 && measured !== null ? measured.documents : named,
    reads: fold.reads,
    incomplete: found.missing ?? (fold.isCut ? CUT : null),
  };
  return { view, texts: new Map(texts.map((text, document) => [firstId + document, text])) };
}

const CUT = 'The context repeats itself: of some prompts not every place that has the same text is shown.';

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** The context of a run; of a turn that brings none, the one before. */
async function lastContext({ store, journalId, turn }: RunPlace): Promise<RLMRecordedContext | null> {
  let context: RLMRecordedContext | null = null;
  for await (const record of readJournal(store, journalId)) {
    if (record.record === 'run') return record.context;
    if (record.record !== 'turn') continue;
    if (turn !== undefined && record.turn > turn) break;
    context = record.context ?? context;
  }
  return context;
}

async function foldOf(place: RunPlace, texts: readonly string[]): Promise<CoverageFold> {
  const fold = new CoverageFold(texts);
  for await (const record of recordsOf(place)) {
    if (record.record === 'call.intent') fold.ask(record);
    if (record.record === 'call.reply') fold.reply(record);
  }
  return fold;
}

/** The last few characters of a document count when they stood in any prompt at all. */
async function readRests(place: RunPlace, fold: CoverageFold): Promise<void> {
  const rests = { root: fold.restsOf('root'), sub: fold.restsOf('sub') };
  const asked = new Map<string, { call: number; prompt: string[] }>();
  let calls = 0;
  if (rests.root.length + rests.sub.length === 0) return;
  for await (const record of recordsOf(place)) {
    if (record.record === 'call.intent') {
      const prompt = record.prompt.messages.map(({ content }) => textOf(content));
      asked.set(record.event.call, { call: calls, prompt });
      calls += 1;
    }
    if (record.record !== 'call.reply') continue;
    const { event } = record;
    const { call = 0, prompt = [] } = asked.get(event.call) ?? {};
    asked.delete(event.call);
    if (event.outcome !== 'succeeded' || event.finishReason !== 'stop') continue;
    const role = isSubCall(event) ? 'sub' : 'root';
    rests[role] = rests[role].filter((rest) => {
      if (!prompt.some((message) => message.includes(rest.text))) return true;
      fold.readRest(role, rest, call);
      return false;
    });
  }
}
