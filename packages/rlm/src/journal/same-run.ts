import { isDeepStrictEqual } from 'node:util';
import type { JournalContext, ModelSpec } from '@rlm-bridge/protocol';
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
  const differing = Object.keys(before).filter((name) => !isDeepStrictEqual(before[name], now[name]));
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
  );
}

/** Short values are shown; of the others, only that they differ. */
const SHOWN = ['query', 'rootModel', 'subModel', 'environment', 'strategy', 'compaction', 'requireCoverage'];

function describe(name: string, before: unknown, now: unknown): string {
  if (!SHOWN.includes(name)) return `its ${name} ${name.endsWith('s') ? 'are' : 'is'} not the same`;
  return `its ${name} was ${show(before)} and is now ${show(now)}`;
}

function askedOf(spec: KeptSpec): Asked {
  const { query, environment, environmentOptions, strategy, systemPrompt, compaction, answer, tools } = spec;
  return {
    query,
    rootModel: nameOf(spec.rootModel),
    subModel: nameOf(spec.subModel),
    samplingArgs: spec.rootModel.samplingArgs,
    subSamplingArgs: spec.subModel.samplingArgs,
    environment,
    environmentOptions,
    strategy,
    systemPrompt,
    compaction,
    schema: answer.schema,
    validate: answer.check,
    requireCoverage: answer.requireCoverage,
    typedSubCalls: answer.typedSubCalls,
    tools,
  };
}

function nameOf({ backend, model }: ModelSpec): string {
  return `${backend}: ${model}`;
}
