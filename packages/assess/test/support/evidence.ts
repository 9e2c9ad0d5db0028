import type { AssessOptions, WorkerSpec } from '../../src/api/options.ts';
import { withWork } from '../../src/base/given.ts';
import { collectEvidence } from '../../src/evidence/collect-evidence.ts';
import {
  type Evidence,
  type EvidenceDocument,
  type EvidenceLine,
  renderDocument,
} from '../../src/evidence/document.ts';
import { diffLines } from '../../src/evidence/line-diff.ts';
import { Pace } from '../../src/evidence/pace.ts';
import { resolveWorker } from '../../src/evidence/resolve-worker.ts';

export async function evidenceOf(
  worker: string | Omit<WorkerSpec, 'id'>,
  options: AssessOptions = {},
): Promise<Evidence> {
  const spec = typeof worker === 'string' ? await resolveWorker(worker, options) : { ...worker, id: 'worker' };
  return await evidenceUnder(undefined, spec, options);
}

/** The evidence of a work that is opened for it. */
export async function evidenceUnder(
  signal: AbortSignal | undefined,
  worker: WorkerSpec,
  options: AssessOptions,
): Promise<Evidence> {
  return await withWork(worker, options, signal, (spec, work) => collectEvidence(spec, options, signal, work));
}

export function documentOf({ documents }: Evidence, name: string): EvidenceDocument {
  const document = documents.find((one) => one.name === name);
  if (document === undefined) throw new Error(`no ${name} among ${documents.map((one) => one.name).join(', ')}`);
  return document;
}

/** The lines between the seals. */
export async function bodyOf(document: EvidenceDocument): Promise<string[]> {
  return (await renderDocument(document, new Pace())).split('\n').slice(1, -2);
}

/** What one text made of another, line by line. */
export async function diffOf(before: readonly string[], after: readonly string[]): Promise<EvidenceLine[]> {
  const [lines = []] = await diffLines([{ before, after }]);
  return lines;
}

/** `mark number text`, for reading in a test. */
export function shownLines({ lines }: EvidenceDocument): string[] {
  return lines.map(({ mark, number, text }) => `${mark}${number ?? ''} ${text}`);
}
