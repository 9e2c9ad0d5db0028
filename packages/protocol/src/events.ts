import { z } from 'zod';
import { CallCompleted, CallReplayed, CallStarted } from './call-events.ts';
import { Environment, RunErrorCode, StopReason, Strategy } from './codes.ts';
import { count, event, inCodeBlock, inIteration, inTree, ms } from './fields.ts';
import { AnswerProblem } from './requests.ts';

// Tier 3, events: what happens in a run, in order, ended by exactly one terminal event.

export const RunStarted = z
  .strictObject({
    type: z.literal('run.started'),
    ...event,
    rootModel: z.string(),
    subModel: z.string(),
    environment: Environment,
    logFile: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'RunStarted' });

export const EnvironmentStarted = z
  .strictObject({
    type: z.literal('environment.started'),
    ...inTree,
    environment: Environment,
    container: z.string().nullable(),
    durationMs: ms,
  })
  .register(z.globalRegistry, { id: 'EnvironmentStarted' });

export const ContextLoaded = z
  .strictObject({
    type: z.literal('context.loaded'),
    ...inTree,
    contextType: z.enum(['str', 'list', 'dict']),
    chars: count,
    bytes: count,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    durationMs: ms,
  })
  .register(z.globalRegistry, {
    id: 'ContextLoaded',
    description: 'Counted and hashed inside the REPL, over the bytes it received.',
  });

export const IterationStarted = z
  .strictObject({ type: z.literal('iteration.started'), ...inIteration })
  .register(z.globalRegistry, { id: 'IterationStarted' });

export const IterationCompleted = z
  .strictObject({
    type: z.literal('iteration.completed'),
    ...inIteration,
    response: z.string(),
    codeBlocks: count,
    answer: z.string().nullable(),
    durationMs: ms,
  })
  .register(z.globalRegistry, { id: 'IterationCompleted' });

export const CodeBlockStarted = z
  .strictObject({ type: z.literal('codeBlock.started'), ...inCodeBlock, code: z.string() })
  .register(z.globalRegistry, { id: 'CodeBlockStarted' });

export const CodeBlockOutput = z
  .strictObject({
    type: z.literal('codeBlock.output'),
    ...inCodeBlock,
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  })
  .register(z.globalRegistry, { id: 'CodeBlockOutput', description: 'Output of a running code block, throttled.' });

export const CodeBlockCompleted = z
  .strictObject({
    type: z.literal('codeBlock.completed'),
    ...inCodeBlock,
    status: z.enum(['ok', 'error', 'timed_out', 'interpreter_died']),
    stdout: z.string(),
    stderr: z.string(),
    subCalls: count,
    durationMs: ms,
  })
  .register(z.globalRegistry, { id: 'CodeBlockCompleted' });

export const ReplayDiverged = z
  .strictObject({
    type: z.literal('replay.diverged'),
    ...inCodeBlock,
    iteration: count,
    what: z.enum(['prompt', 'tool', 'answer', 'child', 'missing']),
    recorded: z.string().nullable(),
    now: z.string().nullable(),
  })
  .register(z.globalRegistry, {
    id: 'ReplayDiverged',
    description:
      'The first thing that a resumed run asks otherwise than the journal has it; missing: it was not asked.',
  });

export const RunResumed = z
  .strictObject({ type: z.literal('run.resumed'), ...event, life: z.int().min(2), recordedCalls: count })
  .register(z.globalRegistry, {
    id: 'RunResumed',
    description: 'A run goes on in another process, from its journal; said by the host.',
  });

export const StrategyChosen = z
  .strictObject({
    type: z.literal('strategy.chosen'),
    ...event,
    strategy: Strategy,
    reason: z.string(),
    contextTokens: count.nullable(),
  })
  .register(z.globalRegistry, {
    id: 'StrategyChosen',
    description: 'contextTokens is null where nothing was measured.',
  });

export const AnswerRejected = z
  .strictObject({
    type: z.literal('answer.rejected'),
    ...inIteration,
    answer: z.string(),
    problems: z.array(AnswerProblem).min(1),
  })
  .register(z.globalRegistry, { id: 'AnswerRejected', description: 'An answer that was handed back to the model.' });

const toolCall = { ...inTree, call: z.string(), tool: z.string() };

export const ToolStarted = z
  .strictObject({ type: z.literal('tool.started'), ...toolCall, arguments: z.string() })
  .register(z.globalRegistry, {
    id: 'ToolStarted',
    description: 'arguments is JSON text, cut like every text of an event.',
  });

export const ToolCompleted = z
  .strictObject({
    type: z.literal('tool.completed'),
    ...toolCall,
    outcome: z.enum(['succeeded', 'failed']),
    error: z.string().nullable(),
    resultChars: count,
    durationMs: ms,
  })
  .register(z.globalRegistry, { id: 'ToolCompleted' });

const fraction = z.number().min(0).max(1);

export const DocumentCoverage = z
  .strictObject({ name: z.string(), chars: count, seenFraction: fraction })
  .register(z.globalRegistry, { id: 'DocumentCoverage' });

export const UnreadPart = z
  .strictObject({ document: z.string().nullable(), start: count, end: count })
  .register(z.globalRegistry, { id: 'UnreadPart' });

export const CoverageMeasured = z
  .strictObject({
    type: z.literal('coverage.measured'),
    ...event,
    contextChars: count,
    contextSha256: z.string().regex(/^[0-9a-f]{64}$/),
    seenChars: count,
    seenFraction: fraction,
    byRole: z.strictObject({ root: fraction, sub: fraction }),
    documents: z.array(DocumentCoverage),
    unread: z.array(UnreadPart),
  })
  .register(z.globalRegistry, {
    id: 'CoverageMeasured',
    description: 'Which part of the context was in a prompt that a model answered.',
  });

export const Log = z
  .strictObject({ type: z.literal('log'), ...event, level: z.enum(['info', 'warning', 'error']), message: z.string() })
  .register(z.globalRegistry, { id: 'Log' });

export const RunCompleted = z
  .strictObject({ type: z.literal('run.completed'), ...event, answer: z.string(), durationMs: ms })
  .register(z.globalRegistry, { id: 'RunCompleted' });

export const RunFailed = z
  .strictObject({
    type: z.literal('run.failed'),
    ...event,
    code: RunErrorCode,
    stopReason: StopReason.nullable(),
    message: z.string(),
    partialAnswer: z.string().nullable(),
    durationMs: ms,
  })
  .register(z.globalRegistry, {
    id: 'RunFailed',
    description: 'stopReason is null when the run was cancelled or never ran.',
  });

export const WorkerEvent = z
  .discriminatedUnion('type', [
    RunStarted,
    EnvironmentStarted,
    ContextLoaded,
    IterationStarted,
    IterationCompleted,
    CodeBlockStarted,
    CodeBlockOutput,
    CodeBlockCompleted,
    CallStarted,
    CallCompleted,
    CallReplayed,
    ReplayDiverged,
    RunResumed,
    StrategyChosen,
    AnswerRejected,
    ToolStarted,
    ToolCompleted,
    CoverageMeasured,
    Log,
    RunCompleted,
    RunFailed,
  ])
  .register(z.globalRegistry, { id: 'WorkerEvent' });
export type WorkerEvent = z.infer<typeof WorkerEvent>;
