import type { JournalVersions, WorkerReady } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import { VERSION } from '../version.ts';

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

/** A run or a session, as its header says. */
type Versioned = { versions: JournalVersions } & ({ runId: string } | { sessionId: string });

/** @throws {RLMError} `version_mismatch` */
export function requireSameVersions(what: Versioned, now: JournalVersions): void {
  const { versions: before } = what;
  const differing = (['rlms', 'prompts'] as const).filter((name) => before[name] !== now[name]);
  if (differing.length === 0) return;
  const told = differing.map(
    (name) => `version ${before[name]} of ${MUST_BE_SAME[name]}, and this is version ${now[name]}`,
  );
  const goOn = `Go on with rlm-bridge ${before.package}`;
  const [name, advice] =
    'sessionId' in what
      ? [`Session "${what.sessionId}"`, `${goOn}, or begin another session`]
      : [`Run "${what.runId}"`, `${goOn}, or fork the run with forkRLM, which any version may`];
  throw new RLMError('version_mismatch', `${name} was begun with ${told.join('; ')}. ${advice}.`, { differing });
}
