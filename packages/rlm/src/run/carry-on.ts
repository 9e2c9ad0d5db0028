import { RLMError } from '../api/errors.ts';
import { LIMIT_OPTIONS, RESUME_OPTIONS } from '../api/go-on-options.ts';
import { isObject } from '../api/json.ts';
import type { RLMOptions } from '../api/options.ts';
import type { RunStore } from '../api/run-store.ts';
import { recordedContext } from '../context/recorded-context.ts';
import { ForkPoint } from '../journal/fork-point.ts';
import { type JournalState, readState } from '../journal/journal-state.ts';
import { isLeftOut } from '../journal/kept-spec.ts';
import { isFinished } from '../journal/run-ends.ts';
import { requireSameRun } from '../journal/same-run.ts';
import { optionsOf, replaced, requireGivenAgain } from '../options/kept-options.ts';
import { OPTION_NAMES, type ParsedOptions } from '../options/parse-options.ts';
import { readRunOptions } from '../options/read-options.ts';
import { type JournalPlan, planRun, type RunPlan } from '../options/run-plan.ts';
import type { RunEnd } from '../worker/run-end.ts';
import type { Stage } from './execute-run.ts';
import { finishedRun } from './finished-run.ts';
import { JournaledRun } from './journaled-run.ts';
import { runOnWorker } from './run-on-worker.ts';
import { settleEnvironment } from './settle-environment.ts';

/** A run of a store goes on where it stopped. */
export async function carryOn(stage: Stage): Promise<RunEnd> {
  const { id, events, signal } = stage;
  const given = optionsGiven(stage.options, RESUME_OPTIONS, 'resumeRLM');
  const { store } = given;
  const found = await knownRun(store, id);
  const parsed = await readRunOptions(found.header.spec.query, optionsWith(found, given));
  const finished = (state: JournalState) => resultOf(stage, store, state, parsed, given);
  const result = await finished(found);
  if (result !== null) return result;
  requireGivenAgain(found.header.spec, given, false);
  const plan = planRun(await settleEnvironment(parsed, process.env), process.env);
  const { query } = found.header.spec;
  requireAddresses(found, plan);
  requireSameRun(found.header, { ...plan.spec, query, session: null }, found.header.context);
  const run = await JournaledRun.open(journalOf(plan), id, events);
  try {
    const done = run.state && (await finished(run.state));
    if (done) return done;
    return await runOnWorker(stage, { plan, query, prepared: await contextOf(store, found, false, signal) }, run);
  } finally {
    await run.close();
  }
}

/** A new run that begins as another one did. */
export async function carryOutFork(stage: Stage, sourceId: string): Promise<RunEnd> {
  const { id, events, signal } = stage;
  const { from, ...given } = optionsGiven(stage.options, [...OPTION_NAMES, 'from'], 'forkRLM');
  const { store } = given;
  const iteration = iterationOf(from);
  const found = await knownRun(store, sourceId);
  const parsed = await readRunOptions(found.header.spec.query, optionsWith(found, given));
  requireGivenAgain(found.header.spec, given, true);
  const plan = planRun(await settleEnvironment(parsed, process.env), process.env);
  requireAddresses(found, plan);
  const fork = await ForkPoint.find(store, found.header, iteration);
  const prepared = await contextOf(store, found, true, signal);
  const run = await JournaledRun.open(journalOf(plan), id, events);
  try {
    if (run.state !== null) throw new RLMError('invalid_options', `runId: there is a run "${id}". Choose another id.`);
    const take = (content: AsyncIterable<Uint8Array>) => run.takeContent(content);
    run.startWith((await prepared?.identify(take, signal)) ?? null, fork);
    return await runOnWorker(stage, { plan, query: found.header.spec.query, prepared }, run);
  } finally {
    await run.close();
  }
}

type Given = RLMOptions & { store: RunStore; from?: unknown };

/** @throws {RLMError} `invalid_options` */
function optionsGiven(options: unknown, names: readonly string[], door: string): Given {
  const given = isObject(options) ? options : {};
  const faults = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => `${name} is no option of ${door}.`);
  if (!isObject(given.store)) faults.push('store must be the store that the run is in.');
  if (faults.length > 0) throw new RLMError('invalid_options', `${faults.join(' ')} Nothing was started.`);
  return given as unknown as Given;
}

function iterationOf(from: unknown): number {
  const iteration = isObject(from) ? from.iteration : undefined;
  if (typeof iteration === 'number' && Number.isSafeInteger(iteration) && iteration > 0) return iteration;
  throw new RLMError('invalid_options', 'from must be { iteration }, a whole number from 1. Nothing was started.');
}

/** @throws {RLMError} (as a rejection) `run_not_found`, and what the journal does. */
export async function knownRun(store: RunStore, runId: string): Promise<JournalState> {
  const state = await readState(store, runId);
  if (state !== null) return state;
  throw new RLMError('run_not_found', `There is no run "${runId}" in this store, or nothing of it was written yet.`);
}

function optionsWith({ header, limits }: JournalState, given: Given): RLMOptions {
  const spec = { ...header.spec, limits: limits ?? header.spec.limits };
  return replaced(optionsOf(spec, isLeftOut), given);
}

/** The result of a run that has one; null: it goes on. A limit that is another one takes a verdict of limits back. */
async function resultOf(
  { events }: Stage,
  store: RunStore,
  state: JournalState,
  { schema, validate, validateTimeoutMs }: ParsedOptions,
  given: Given,
): Promise<RunEnd | null> {
  const { end, limits } = state;
  const hasOtherLimits = LIMIT_OPTIONS.some((name) => given[name] !== undefined && given[name] !== limits?.[name]);
  if (!isFinished(end) || (end.kind !== 'answered' && hasOtherLimits)) return null;
  return await finishedRun(events, store, state, end, { schema, validate, timeoutMs: validateTimeoutMs });
}

/** @throws {RLMError} `invalid_options` where credentials stood in what a journal does not keep. */
function requireAddresses({ header: { spec } }: JournalState, plan: RunPlan): void {
  const names = (['rootModel', 'subModel'] as const).filter(
    (name) => isLeftOut(spec[name]) && plan.spec[name].baseUrl === null && spec[name].baseUrl !== null,
  );
  if (names.length === 0) return;
  const options = names.map((name) => (name === 'rootModel' ? 'baseUrl' : 'subBaseUrl')).join(' and ');
  const message = `${options} had credentials, which no store keeps: give it again. Nothing was started.`;
  throw new RLMError('invalid_options', message);
}

function journalOf({ journal }: RunPlan): JournalPlan {
  if (journal !== null) return journal;
  throw new TypeError('A run of a store was planned without it.');
}

async function contextOf(store: RunStore, { header }: JournalState, mayDiffer: boolean, signal: AbortSignal) {
  const { context, runId } = header;
  if (context === null) return null;
  return await recordedContext(context, (sha256) => store.readBlob(runId, sha256), mayDiffer, signal);
}
