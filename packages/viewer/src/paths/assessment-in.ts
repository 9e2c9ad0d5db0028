import type { AssessmentResult } from '@rlm-bridge/assess';

/** The result that a text is of; null: it is none of an assessment. @throws {Error} for one that cannot be read. */
export async function assessmentIn(text: string, path: string): Promise<AssessmentResult | null> {
  const value = jsonOf(text);
  if (typeof value !== 'object' || value === null || !('verdict' in value) || !('workers' in value)) return null;
  // Loaded for what looks like one.
  const { AssessmentResultSchema } = await import('@rlm-bridge/assess');
  const { data, error } = AssessmentResultSchema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new Error(
    `${path} is no result of an assessment of this version${where}: ${issue?.message}. Write it anew: rlm assess --report json=${path}.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
