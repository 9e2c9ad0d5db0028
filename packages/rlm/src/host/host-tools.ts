import { createHash } from 'node:crypto';
import { stoppable } from '@rlm-bridge/callbacks';
import type { ToolCall, ToolResult } from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';
import type { RLMToolArguments } from '../api/rlm-tool.ts';
import type { ParsedTool } from '../options/tools-rule.ts';
import { type SchemaProblem, toldToGiver } from '../schema/problem.ts';
import type { ReadSchema } from '../schema/read-schema.ts';
import { toJSONResult } from './json-result.ts';
import { withinTime } from './time-limit.ts';

const MAX_PROBLEMS = 20;
const MAX_MESSAGE_CHARS = 10_000;

/** The tools of one run. */
export class HostTools {
  readonly #runId: string;
  readonly #tools: ReadonlyMap<string, ParsedTool>;

  constructor(runId: string, tools: ReadonlyMap<string, ParsedTool>) {
    this.#runId = runId;
    this.#tools = tools;
  }

  /** One call: what the tool returned as JSON, or why there is nothing. Does not reject; `signal` is the run's. */
  async call(request: ToolCall, signal: AbortSignal): Promise<ToolResult['outcome']> {
    const tool = this.#tools.get(request.tool);
    if (tool === undefined) return { kind: 'error', message: 'there is no such tool' };
    try {
      signal.throwIfAborted();
      const value = await withinTime(tool.timeoutMs, signal, (within) => this.#execute(tool, request, within));
      return { kind: 'value', value: value as ToolValue };
    } catch (error) {
      // The message alone: a stack is no concern of generated code.
      return { kind: 'error', message: thrownText(error, MAX_MESSAGE_CHARS) };
    }
  }

  async #execute(
    { tool, input, output, timeoutMs }: ParsedTool,
    request: ToolCall,
    signal: AbortSignal,
  ): Promise<unknown> {
    const given = request.arguments;
    const parse = parseWithin(timeoutMs);
    const args = input === undefined ? given : await parse(input, given, 'wrong arguments', toldToGiver);
    signal.throwIfAborted();
    const call = { runId: this.#runId, idempotencyKey: this.#keyOf(request), signal };
    const returned = await stoppable(timeoutMs, () => tool.execute(args as RLMToolArguments<unknown>, call));
    const result =
      output === undefined
        ? returned
        : await parse(output, returned, 'it returned what its output refuses', ({ message }) => message);
    return toResult(result);
  }

  /** Its `key` tells it from all that its code block calls. */
  #keyOf({ node, iteration, codeBlock, key }: ToolCall): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#runId, node, iteration, codeBlock, key]))
      .digest('hex');
  }
}

type ToolValue = Extract<ToolResult['outcome'], { kind: 'value' }>['value'];

/** `telling` is what the REPL is told of a problem: of what a tool returned it sees nothing but what `output` lets through. */
function parseWithin(timeoutMs: number) {
  return async (schema: ReadSchema, value: unknown, refusal: string, telling: (problem: SchemaProblem) => string) => {
    const parsed = await schema.parse(value, timeoutMs);
    if (parsed.problems === undefined) return parsed.value;
    const told = parsed.problems.slice(0, MAX_PROBLEMS).map((problem) => {
      return problem.path === '' ? telling(problem) : `${problem.path}: ${telling(problem)}`;
    });
    throw new Error(`${refusal}: ${told.join('; ')}`);
  };
}

function toResult(value: unknown): unknown {
  try {
    return toJSONResult(value);
  } catch (error) {
    throw new Error(`it returned ${thrownText(error)}`);
  }
}
