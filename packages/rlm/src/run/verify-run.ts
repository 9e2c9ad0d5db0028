import { RLMError } from '../api/errors.ts';
import type { RLMVerification, RLMVerifyOptions } from '../api/verification.ts';
import type { StagedContext } from '../context/prepare-context.ts';
import { recordedContext } from '../context/recorded-context.ts';
import { readRun } from '../journal/journal-reader.ts';
import { isInherited } from '../journal/journal-state.ts';
import { isLeftOut } from '../journal/kept-spec.ts';
import { RecordedEffects } from '../journal/recorded-effects.ts';
import { eventOf } from '../journal/told-event.ts';
import { requireSameVersions, versionsOf } from '../journal/versions.ts';
import { optionsOf } from '../options/kept-options.ts';
import { readRunOptions } from '../options/read-options.ts';
import { sharedPool } from '../worker/configure-workers.ts';
import type { RunEnd } from '../worker/run-end.ts';
import { knownRun } from './carry-on.ts';
import { DoneAgain, NOBODY, secretsAgain, specAgain } from './done-again.ts';
import { RecordedFile } from './recorded-file.ts';
import { workerFactory } from './worker-factory.ts';

/** Runs the code of a run again over its journal. @throws {RLMError} (as a rejection) as `verifyRLM` does. */
export async function verifyRun(runId: string, options: RLMVerifyOptions): Promise<RLMVerification> {
  const { store, python, uv, quiet = false, signal = new AbortController().signal } = options;
  const state = await knownRun(store, runId);
  const { header } = state;
  const given = { ...(python !== undefined && { python }), ...(uv !== undefined && { uv }), quiet };
  const parsed = await readRunOptions(header.spec.query, { ...optionsOf(header.spec, isLeftOut), ...given });
  const { environment } = header.spec;
  // Its id may be that of a run that goes on.
  const settings = {
    environment,
    isolation: 'process' as const,
    python: parsed.python,
    uvPath: parsed.uv?.path,
    quiet,
  };
  const read = (sha256: string) => store.readBlob(runId, sha256);
  const prepared = header.context && (await recordedContext(header.context, read, false, signal));
  return await sharedPool().withWorker(workerFactory(settings, process.env), signal, async (worker) => {
    requireSameVersions(header, versionsOf(await worker.handshake()));
    const again = new DoneAgain(state);
    const recorded = await RecordedFile.create(worker.folder, new RecordedEffects(state.divergences, true));
    let staged: StagedContext | undefined;
    try {
      staged = await prepared?.stage(worker.folder, signal);
      try {
        for await (const record of readRun(store, runId)) {
          again.record(eventOf(record));
          await recorded.take(record, isInherited(header, record));
        }
      } finally {
        await recorded.close();
      }
      const seed = header.seeds.random;
      const journal = {
        recorded: recorded.path,
        aliveMs: 0,
        onDivergence: 'continue',
        seed,
        ended: true,
        aside: null,
      } as const;
      const spec = { ...specAgain(state), context: staged?.source ?? null, journal };
      const onEvent = again.tell.bind(again);
      const end = await worker.run({ spec, secrets: secretsAgain(runId), onEvent, services: NOBODY }, signal);
      signal.throwIfAborted();
      requireDone(end);
      return again.verification(end);
    } finally {
      await staged?.dispose();
      await recorded.remove();
    }
  });
}

/** @throws {RLMError} when something beside the run failed, so that nothing is known of its code. */
function requireDone(end: RunEnd): void {
  if (end.kind === 'never_ran') throw end.error;
  if (end.kind !== 'failed' || end.code === 'cancelled') return;
  if (end.stopReason === 'environment_error') throw new RLMError('environment_start_failed', end.message);
  if (end.stopReason === 'worker_exit') throw new RLMError('worker_start_failed', end.message);
}
