import { isDeepStrictEqual } from 'node:util';
import type { JournalContext, JournalSession, ModelSpec, SessionSpec } from '@rlm-bridge/protocol';
import { show } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import { changedFile, contextChanged } from '../context/recorded-context.ts';
import type { Header } from './journal-reader.ts';
import { type KeptSpec, keptSpec } from './kept-spec.ts';

/** What is asked of a run, as far as it says which run it is: limits, prices and logs may change. */
type Asked = { [option: string]: unknown };

/**
 * That a run in a store is the one that is asked for.
 * @throws {RLMError} `run_mismatch` that names each option that differs, `context_changed`.
 */
export function requireSameRun(header: Header, spec: KeptSpec, context: JournalContext | null): void {
  const before = askedOf(header.spec);
  const now = askedOf(keptSpec(spec));
  const differing = differences(before, now);
  if (!isDeepStrictEqual(header.context, context)) {
    const changed = header.context && context && changedFile(header.context, context);
    if (changed) throw contextChanged(changed);
    differing.push('context');
  }
  if (differing.length === 0) return;
  const told = differing.map((name) => describe(name, before[name], now[name]));
  const advice = 'Ask for the same, go on with resumeRLM, or begin another run under another runId';
  throw new RLMError(
    'run_mismatch',
    `Run "${header.runId}" of this store is another one: ${told.join('; ')}. ${advice}.`,
    { differing },
  );
}

/**
 * That a session in a store is the one that is opened; limits are each turn's own.
 * @throws {RLMError} `run_mismatch` that names each option that differs.
 */
export function requireSameSession({ sessionId, spec }: JournalSession, asked: SessionSpec): void {
  const before = ofSession(spec);
  const now = ofSession(keptSpec(asked));
  const differing = differences(before, now);
  if (differing.length === 0) return;
  const told = differing.map((name) => describe(name, before[name], now[name]));
  const advice = 'Open it with the same options, or begin another session under another sessionId';
  throw new RLMError(
    'run_mismatch',
    `Session "${sessionId}" of this store is another one: ${told.join('; ')}. ${advice}.`,
    { differing },
  );
}

function differences(before: Asked, now: Asked): string[] {
  return Object.keys(before).filter((name) => !isDeepStrictEqual(before[name], now[name]));
}

/** Short values are shown; of the others, only that they differ. */
const SHOWN = ['query', 'rootModel', 'subModel', 'environment', 'strategy', 'compaction', 'requireCoverage'];

function describe(name: string, before: unknown, now: unknown): string {
  if (!SHOWN.includes(name)) return `its ${name} ${name.endsWith('s') ? 'are' : 'is'} not the same`;
  return `its ${name} was ${show(before)} and is now ${show(now)}`;
}

function askedOf(spec: KeptSpec): Asked {
  const { query, answer } = spec;
  return {
    query,
    ...ofSession(spec),
    schema: answer.schema,
    validate: answer.check,
    requireCoverage: answer.requireCoverage,
    typedSubCalls: answer.typedSubCalls,
  };
}

function ofSession(spec: SessionSpec): Asked {
  const { environment, environmentOptions, strategy, systemPrompt, compaction, tools } = spec;
  return {
    rootModel: nameOf(spec.rootModel),
    subModel: nameOf(spec.subModel),
    samplingArgs: spec.rootModel.samplingArgs,
    subSamplingArgs: spec.subModel.samplingArgs,
    environment,
    environmentOptions,
    strategy,
    systemPrompt,
    compaction,
    tools,
  };
}

function nameOf({ backend, model }: ModelSpec): string {
  return `${backend}: ${model}`;
}
