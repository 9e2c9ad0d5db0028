import { z } from 'zod';
import type { WorkerSpec } from '../api/options.ts';

export const text: z.ZodType = z
  .string()
  .refine((value) => value.trim() !== '' && value.isWellFormed(), 'must be a text that is not empty');
export const workerId: z.ZodType = text.refine(
  (value) => !/\p{Cc}/u.test(String(value)),
  'must have no control characters',
);
const globs = z.array(text).min(1);

const SOURCES = ['worktree', 'branch', 'files', 'diff'] as const;

export const WorkerSchema: z.ZodType = z
  .strictObject({
    id: workerId,
    worktree: text.optional(),
    branch: text.optional(),
    repository: text.optional(),
    base: text.optional(),
    uncommitted: z.boolean().optional(),
    files: globs.optional(),
    diff: text.optional(),
    outputs: globs.optional(),
    logs: globs.optional(),
    criteria: text.optional(),
  } satisfies Record<keyof WorkerSpec, z.ZodType>)
  .refine((spec) => sourcesOf(spec) === 1 || (sourcesOf(spec) === 0 && spec.outputs !== undefined), {
    error: `must have exactly one of ${SOURCES.join(', ')}, or outputs alone`,
  });

/** What is wrong with a value, each issue a sentence that begins with its place. */
export function issuesOf(schema: z.ZodType, value: unknown, name: string): string[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const path = [name, ...issue.path.map(String)].join('.');
    const nested = issue.code === 'invalid_union' ? issue.errors.flat().map(({ message }) => message) : [];
    return `${path}: ${[issue.message, ...nested].join('; ')}.`;
  });
}

function sourcesOf(spec: { [name in (typeof SOURCES)[number]]?: unknown }): number {
  return SOURCES.filter((name) => spec[name] !== undefined).length;
}
