import { z } from 'zod';
import { isObject } from '../api/json.ts';
import type { RLMTool } from '../api/rlm-tool.ts';
import type { ReadSchema } from '../schema/read-schema.ts';
import { OWN_ENVIRONMENTS, rulesOf } from './environment-options.ts';
import { callback, duration, must, text } from './rules.ts';
import { schema } from './schema-rule.ts';
import { issueOfToolName } from './tool-names.ts';

/** It is part of every prompt of a model that has the tool. */
const MAX_DESCRIPTION_CHARS = 20_000;

/** How long a call of a tool may take that says nothing of it, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 600_000;

const inputSchema = schema.check(({ value, issues }) => {
  if (issues.length > 0 || value.jsonSchema.type === 'object') return;
  issues.push({
    code: 'custom',
    message: 'must be the schema of an object: its properties are the parameters',
    input: value,
  });
});

const Tool = z.strictObject({
  description: text.check(({ value, issues }) => {
    if (typeof value !== 'string' || value.length <= MAX_DESCRIPTION_CHARS) return;
    issues.push({ code: 'custom', message: `must have at most ${MAX_DESCRIPTION_CHARS} characters`, input: value });
  }),
  input: inputSchema.optional(),
  output: schema.optional(),
  timeoutMs: duration.optional(),
  execute: callback,
});

export const TOOL_FIELDS: readonly string[] = Object.keys(Tool.shape);

/** A tool whose schemas are compiled. */
export interface ParsedTool {
  /** The caller's own object, which `execute` may mean by `this`. */
  tool: RLMTool;
  input: ReadSchema | undefined;
  output: ReadSchema | undefined;
  timeoutMs: number;
}

/** The rules of `tools` and `subTools`, each tool and each name on its own. */
export const tools = z.record(z.string(), Tool);
export const subTools: z.ZodType = must(
  'be a list of names of tools',
  (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
);

/** The tools that the caller gave, beside what their rule made of them. */
export function parsedTools(
  given: { readonly [name: string]: RLMTool },
  parsed: z.output<typeof tools>,
): ReadonlyMap<string, ParsedTool> {
  return new Map(
    Object.entries(given).map(([name, tool]) => {
      const { input, output, timeoutMs = DEFAULT_TIMEOUT_MS } = parsed[name] ?? {};
      return [name, { tool, input, output, timeoutMs: timeoutMs as number }];
    }),
  );
}

/** What is wrong with tools that are right on their own. */
export function toolIssues(options: Record<string, unknown>): string[] {
  const names = isObject(options.tools) ? Object.keys(options.tools) : [];
  const issues = names.flatMap((name) => {
    const issue = issueOfToolName(name);
    return issue === undefined ? [] : [`tools.${name} ${issue}.`];
  });
  for (const name of new Set((options.subTools ?? []) as string[])) {
    if (!names.includes(name)) issues.push(`subTools names "${name}", which is not one of tools.`);
  }
  if (names.length === 0) return issues;
  const { environment, strategy } = options;
  if (rulesOf(environment) === null) {
    issues.push(`tools need environment ${OWN_ENVIRONMENTS}; "${environment}" cannot call back to this process.`);
  }
  if (strategy === 'direct') issues.push('tools need the REPL, and strategy "direct" has none.');
  return issues;
}
