import type { AssessmentView } from '../../src/model/assessment-view.ts';
import type { CallView } from '../../src/model/call-view.ts';
import type { RunView } from '../../src/model/run-view.ts';
import type { TextRef } from '../../src/model/texts.ts';
import { callOf, headOf, type MemorySource } from './memory-source.ts';

/** Texts that a page which took them for anything but text would run, load, obey or break at. Each sets `pwned` where it can. */
export const HOSTILE = [
  '<script>globalThis.pwned = 1</script>',
  '</script><script>globalThis.pwned = 2</script>',
  '<!-- <script>',
  ']]> --> </style></textarea></title></template>',
  '<img src=x onerror="globalThis.pwned = 3">',
  '<svg onload="globalThis.pwned = 4"><use href="data:image/svg+xml,<svg onload=alert(1)>"/></svg>',
  '"><iframe srcdoc="<script>parent.pwned = 5</script>"></iframe>',
  "' onmouseover='globalThis.pwned = 6' autofocus onfocus='globalThis.pwned = 7",
  'javascript:globalThis.pwned=8',
  '[link](javascript:globalThis.pwned=9) ![](http://evil.example/picture.png)',
  'data:text/html,<script>globalThis.pwned = 10</script>',
  '<link rel=stylesheet href=http://evil.example/style.css><style>@import "http://evil.example";</style>',
  '<meta http-equiv=refresh content="0;url=http://evil.example">',
  '<base href="http://evil.example/"><form action="http://evil.example"><input name=q></form>',
  '{{constructor.constructor("globalThis.pwned = 11")()}} #{globalThis.pwned = 12}',
  '\u001b[31mred\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007 \u009b2J',
  '\u202Egnp.exe\u202C \u2066isolated\u2069 \u200Bnothing\uFEFF',
  'alone \uD800 and \uDC00 alone',
  'NUL \u0000 BEL \u0007 DEL \u007F CR \r VT \v',
  '__proto__ constructor toString ../../etc/passwd %2e%2e%2f %00',
  `one line ${'of 100 KB '.repeat(10_000)}`,
];

const ALL = HOSTILE.join('\n');
/** A name as hostile as one can be. */
export const HOSTILE_NAME = `${HOSTILE[0]}"'/..\u202E%2F#?&`;

/** A run with these in every field that has a text. */
export function hostileRun(source: MemorySource): RunView {
  const text = (): TextRef => ({ ...source.text(ALL), head: HOSTILE_NAME });
  const name = HOSTILE_NAME;
  const spent = { calls: 1, inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, reasoningTokens: 0, costUsd: 0.1 };
  const context = text();
  const place = { node: '0', iteration: 1, codeBlock: 0, startedAt: 10, endedAt: 20 };
  const call: Partial<CallView> = {
    ...place,
    ...{ model: name, requestedModel: name, outcome: 'failed', finishReason: name, retries: 2, spentUsd: 0.1 },
    error: { code: name, message: ALL },
    prompt: [{ role: name, text: text() }],
    promptChars: ALL.length,
    reply: text(),
  };
  return {
    head: {
      ...headOf(source.id),
      ...{ status: 'failed', query: text(), systemPrompt: text(), rootModel: name, subModel: name, environment: name },
      end: { code: name, stopReason: name, message: ALL, answer: text(), isFinal: false, isTyped: false },
      strategy: { name, reason: ALL },
      endedAt: 100,
      durationMs: 100,
      spent,
      limits: { budgetUsd: 1, durationMs: 1000, tokens: 1000, iterations: 10 },
      lives: [{ startedAt: 0, endedAt: 50, replayedCalls: 0 }],
      coverage: {
        ...{ chars: ALL.length, fraction: 0.5, byRole: { root: 0.5, sub: 0 }, required: 0.9, incomplete: ALL },
        documents: [{ name, chars: ALL.length, text: context, fraction: 0.5 }],
        reads: [[0, 0, 500, 0]],
      },
      facts: [[name, ALL]],
      forkedFrom: { runId: name, iteration: 1 },
      turn: { session: name, turn: 1 },
    },
    nodes: [
      {
        ...{
          path: '0',
          parent: null,
          from: null,
          depth: 0,
          model: name,
          startedAt: 0,
          endedAt: 100,
          own: spent,
          whole: spent,
        },
        query: text(),
        answer: text(),
      },
    ],
    iterations: [
      {
        node: '0',
        number: 1,
        startedAt: 0,
        endedAt: 100,
        call: 0,
        response: text(),
        answer: text(),
        isLeftBehind: false,
      },
    ],
    codeBlocks: [
      {
        ...place,
        number: 0,
        code: text(),
        stdout: text(),
        stderr: text(),
        status: 'error',
        binds: [name, '__proto__'],
        isLeftBehind: false,
      },
    ],
    calls: [callOf('call-1', { ...call, codeBlock: null }), callOf(name, { ...call, role: 'llm_query' })],
    tools: [{ ...place, name, tool: name, outcome: 'failed', arguments: text(), result: text() }],
    refusals: [
      { node: '0', iteration: 1, at: 50, answer: text(), problems: [{ source: 'validate', path: name, message: ALL }] },
    ],
    remarks: [{ at: 1, level: 'error', text: ALL }],
  };
}

/** An assessment with these in every text of its workers. */
export function hostileAssessment(view: AssessmentView): AssessmentView {
  const hostile = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return KEPT.has(key) ? value : HOSTILE_NAME;
    if (Array.isArray(value)) return value.map((item) => hostile(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hostile(item, name)]));
  };
  const [ids] = view.result.workers.flatMap(({ workerId, findings }) =>
    findings.map(({ id }) => ({ workerId, findingId: id })),
  );
  if (ids === undefined) throw new Error('There is no finding to be hostile about.');
  const line = { number: 1, text: 'x', isQuoted: false } as const;
  const run = { workerId: ids.workerId, runId: 'run', sample: 1 };
  return hostile({
    ...view,
    excerpts: [
      {
        ...ids,
        from: 'run',
        lines: [
          { ...line, mark: '+' },
          { ...line, mark: '-', isQuoted: true },
        ],
      },
    ],
    missing: [{ workerId: ids.workerId, reason: 'Gone.' }],
    runs: [{ ...run, unread: [{ document: 0, name: 'a.ts', fraction: 0.5 }] }],
    calls: [
      { ...ids, ...run, call: 'call-1', how: 'said' },
      { ...ids, ...run, call: 'call-2', how: 'read' },
    ],
  }) as AssessmentView;
}

/** What is one of a few words, which the types say. */
const KEPT = new Set([
  'verdict',
  'severity',
  'worstSeverity',
  'category',
  'change',
  'origin',
  'level',
  'outcome',
  'source',
  'failOn',
  'scope',
  'from',
  'how',
  'mark',
  'since',
  'state',
]);
