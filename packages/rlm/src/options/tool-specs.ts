import type { ToolSpec } from '@rlm-bridge/protocol';
import type { ParsedTool } from './tools-rule.ts';

const NO_PARAMETERS = { type: 'object', properties: {}, additionalProperties: false };

/** The tools as the worker offers them. */
export function toolSpecs(tools: ReadonlyMap<string, ParsedTool>, subTools?: readonly string[]): ToolSpec[] {
  return [...tools].map(([name, { tool, input, output }]) => ({
    name,
    description: tool.description,
    parameters: input?.jsonSchema ?? NO_PARAMETERS,
    returns: output?.jsonSchema ?? null,
    inChildren: subTools?.includes(name) ?? true,
  }));
}
