import type { JournalContext } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import { identifyFile, identifyFiles } from './content-hash.ts';
import { toContextError } from './file-errors.ts';
import type { PreparedContext } from './prepare-context.ts';
import { spool } from './spool.ts';
import { checkTextFiles } from './text-file.ts';

type ReadBlob = (sha256: string) => AsyncIterable<Uint8Array>;

/**
 * The context of a run that is in a store: its blob, or the caller's files where they lie. `mayDiffer`: files may have
 * changed since; `instead`: what can be done when one has that may not.
 * @throws {RLMError} `context_changed`, or with another code that starts with `context_`.
 */
export async function recordedContext(
  recorded: JournalContext,
  readBlob: ReadBlob,
  mayDiffer: boolean,
  signal: AbortSignal,
  instead?: string,
): Promise<PreparedContext> {
  if (recorded.kind === 'text' || recorded.kind === 'json') return blobContext(recorded, readBlob);
  try {
    const found = await identify(recorded, signal);
    const changed = changedFile(recorded, found);
    if (changed !== undefined && !mayDiffer) throw contextChanged(changed, instead);
    if (changed !== undefined) await checkTextFiles(filesOf(found), signal);
    return {
      remarks: [],
      identify: async () => found,
      stage: async () => ({ source: sourceOf(found), dispose: async () => {} }),
    };
  } catch (error) {
    throw toContextError(error);
  }
}

/** The first file that is not what it was; undefined when all are. */
export function changedFile(recorded: JournalContext, found: JournalContext): string | undefined {
  const before = new Map(filesOf(recorded).map(({ path, sha256 }) => [path, sha256]));
  return filesOf(found).find(({ path, sha256 }) => before.has(path) && before.get(path) !== sha256)?.path;
}

const FORK_IT = 'begin anew from an iteration with forkRLM, which takes it as it is';

/** `instead`: what can be done but putting it back. */
export function contextChanged(path: string, instead = FORK_IT): RLMError {
  const advice = `Put it back as it was, or ${instead}`;
  return new RLMError('context_changed', `${path} has changed since the run began. ${advice}.`);
}

type FileContext = Extract<JournalContext, { kind: 'file' | 'files' }>;

function identify(recorded: FileContext, signal: AbortSignal): Promise<FileContext> {
  return recorded.kind === 'file' ? identifyFile(recorded.path, signal) : identifyFiles(recorded.files, signal);
}

function filesOf(context: JournalContext): readonly { path: string; sha256: string }[] {
  if (context.kind === 'files') return context.files;
  return context.kind === 'file' ? [context] : [];
}

function sourceOf(context: FileContext) {
  if (context.kind === 'file') return { kind: 'text' as const, path: context.path };
  return { kind: 'files' as const, files: context.files.map(({ name, path }) => ({ name, path })) };
}

function blobContext(
  recorded: Extract<JournalContext, { kind: 'text' | 'json' }>,
  readBlob: ReadBlob,
): PreparedContext {
  const { kind, sha256 } = recorded;
  return {
    remarks: [],
    identify: async (take) => {
      await take(readBlob(sha256));
      return recorded;
    },
    stage: async (folder, signal) => {
      const name = `${crypto.randomUUID()}.${kind === 'text' ? 'txt' : 'json'}`;
      const { path, dispose } = await spool(folder, name, readBlob(sha256), signal);
      return { source: { kind, path }, dispose };
    },
  };
}
