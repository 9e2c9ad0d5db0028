import { z } from 'zod';
import { Severity } from './terms.ts';

/** A finding that is known and let be, by what it is known again by. */
export interface BaselineFinding {
  /** Id of the finding. */
  id: string;
  /** The criterion, or the name that the judge gave. */
  rule: string;
  /** What is wrong, in the judge's words. */
  message: string;
  /** How bad it was called when it was accepted. */
  severity: Severity;
  /** Path of the file that it is in. */
  file: string;
  /** First line of it when it was accepted; for whoever reads the file. */
  line: number;
  /** Hashes of the lines that it is on; empty: it is known by its id alone. */
  lines: string[];
  /** Hashes of the lines beside these. */
  beside: string[];
  /** The commit that it was accepted in, from which renames are followed; null: none. */
  commit: string | null;
}

/** Findings that are known and let be, as they are kept in a file of the repository. */
export interface Baseline {
  /** Version of the format. */
  version: 2;
  /** The findings that are known, by file and id. */
  findings: BaselineFinding[];
}

export const BaselineFindingSchema: z.ZodType<BaselineFinding> = z.strictObject({
  id: z.string(),
  rule: z.string(),
  message: z.string(),
  severity: Severity,
  file: z.string(),
  line: z.int().min(1),
  lines: z.array(z.string()),
  beside: z.array(z.string()),
  commit: z.string().nullable(),
});

const Version1 = z.strictObject({
  version: z.literal(1),
  findings: z.array(z.strictObject({ id: z.string(), rule: z.string(), file: z.string() })),
});

/** What a baseline file may hold: the format of now, or the first one, whose findings are known by their ids alone. */
export const BaselineSchema: z.ZodType<Baseline> = z.union([
  z.strictObject({ version: z.literal(2), findings: z.array(BaselineFindingSchema) }),
  Version1.transform(({ findings }): Baseline => ({ version: 2, findings: findings.map(fromVersion1) })),
]);

/** By `low` nothing that is worse is taken for it. */
function fromVersion1(entry: { id: string; rule: string; file: string }): BaselineFinding {
  return { ...entry, message: '', severity: 'low', line: 1, lines: [], beside: [], commit: null };
}
