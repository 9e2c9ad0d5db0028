import type { ToolSpec } from '@rlm-bridge/protocol';
import type { RLMOptions } from '../api/options.ts';
import type { RLMTool } from '../api/rlm-tool.ts';
import { readSchema } from '../schema/read-schema.ts';

const NO_PARAMETERS = { type: 'object', properties: {}, additionalProperties: false };

/** The tools of valid options, as the worker offers them. */
export function toolSpecs({ tools = {}, subTools }: RLMOptions): ToolSpec[] {
  return givenTools(tools).map(([name, { description, input, output }]) => ({
    name,
    description,
    parameters: input === undefined ? NO_PARAMETERS : readSchema(input).jsonSchema,
    returns: output === undefined ? null : readSchema(output).jsonSchema,
    inChildren: subTools?.includes(name) ?? true,
  }));
}

export function givenTools(tools: NonNullable<RLMOptions['tools']>): [string, RLMTool][] {
  return Object.entries(tools).flatMap(([name, tool]): [string, RLMTool][] =>
    tool === undefined ? [] : [[name, tool]],
  );
}
