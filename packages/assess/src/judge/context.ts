import { type Evidence, renderDocument } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import { overviewOf } from './overview.ts';

/** The judge's context: every document by its name, and first a list of them. */
export async function contextOf(evidence: Evidence, signal?: AbortSignal): Promise<Record<string, string>> {
  const pace = new Pace(signal);
  const texts: [name: string, text: string][] = [];
  for (const document of [overviewOf(evidence), ...evidence.documents]) {
    texts.push([document.name, await renderDocument(document, pace)]);
  }
  return Object.fromEntries(texts);
}

export function charsOf(context: Record<string, string>): number {
  return Object.values(context).reduce((sum, text) => sum + text.length, 0);
}
