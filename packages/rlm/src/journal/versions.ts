import type { JournalVersions, WorkerReady } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import { VERSION } from '../version.ts';
import type { Header } from './journal-reader.ts';

/** Of this package and of a worker, as it said of itself. */
export function versionsOf(ready: WorkerReady): JournalVersions {
  return {
    package: VERSION,
    worker: ready.workerVersion,
    rlms: ready.rlmsVersion,
    prompts: ready.promptsVersion,
    protocol: ready.protocolVersion,
    python: ready.pythonVersion,
    priceTable: ready.priceTable,
  };
}

/** What decides which words a model is asked in: with others, every recorded call would be another one. */
const MUST_BE_SAME = { rlms: 'rlms', prompts: "rlm-bridge's own prompts" } as const;

/** @throws {RLMError} `version_mismatch` */
export function requireSameVersions({ runId, versions: before }: Header, now: JournalVersions): void {
  const differing = (['rlms', 'prompts'] as const).filter((name) => before[name] !== now[name]);
  if (differing.length === 0) return;
  const told = differing.map(
    (name) => `version ${before[name]} of ${MUST_BE_SAME[name]}, and this is version ${now[name]}`,
  );
  const advice = `Go on with rlm-bridge ${before.package}, or fork the run with forkRLM, which any version may`;
  throw new RLMError('version_mismatch', `Run "${runId}" was begun with ${told.join('; ')}. ${advice}.`);
}
