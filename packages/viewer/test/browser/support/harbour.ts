import {
  conversation,
  FakeProvider,
  type ModelRequest,
  type Reply,
  repl,
  type Script,
  submit,
} from '@rlm-bridge/fake-provider';
import { memoryStore, type RLMOptions, type RLMResult, type RunStore, runRLM } from 'rlm-bridge';
import { optionsFor } from '../../../../rlm/test/e2e/support/run.ts';

// A run with something of everything that a page shows: batches, a child, a tool, code that fails, replies that were cut, refused
// and asked for again, a refused answer, and documents that nobody reads.

export const QUERY = 'Which ships left the harbour without paying their dues, and what do they owe?';

const SHIPS = ['Heron', 'Plover', 'Curlew', 'Avocet', 'Dunlin', 'Knot', 'Redshank', 'Whimbrel'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Lines of a month, the same ones each time. */
function monthOf(place: number): string {
  const lines = Array.from({ length: 120 + ((place * 97) % 260) }, (_, line) => {
    const ship = SHIPS[(line * 7 + place * 3) % SHIPS.length];
    const due = ((line * 37 + place * 11) % 90) + 10;
    const paid = (line + place) % 41 === 0 ? 'NOT PAID' : 'paid';
    return `${MONTHS[place]} ${(line % 28) + 1}, entry ${line + 1}: the ${ship} left with the tide, dues of ${due} crowns ${paid}.`;
  });
  return lines.join('\n');
}

export const CONTEXT: Record<string, string> = Object.fromEntries(
  MONTHS.map((month, place) => [
    `logs/${String(place + 1).padStart(2, '0')}-${month.toLowerCase()}.txt`,
    monthOf(place),
  ]),
);

const TURNS = [
  repl('names = sorted(context)\nprint(len(names), "files")\nprint(context[names[0]][:1500])'),
  repl(`import math
pieces = []
for name in names[:8]:
    text = context[name]
    for at in range(0, len(text), 4000):
        pieces.append((name, text[at:at + 4000]))
prompts = [f"Which ships in this log did not pay? Give each with its dues.\\n\\n{piece}" for _, piece in pieces]
replies = llm_query_batched(prompts)
for (name, _), reply in zip(pieces, replies):
    print(name, "->", reply)`),
  repl('owed = {}\nfor name, reply in found.items():  # made above?\n    owed[name] = reply'),
  repl(`summary = rlm_query("Sum up what is owed:\\n" + context[names[8]][:6000])
print(summary)
print(register(ship="Heron"))`),
  submit('"Heron and Plover"'),
  submit(
    '\'{"ships": [{"name": "Heron", "owes": 120, "months": ["January", "March"]}, {"name": "Plover", "owes": 45, "months": ["May"]}], "sure": false}\'',
  ),
];

const CHILD_TURNS = [
  repl('print(llm_query("What is owed here?\\n\\n" + context[:3000]))'),
  submit('"Four ships of September owe 210 crowns."'),
];

const SHIP = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    owes: { type: 'number' },
    months: { type: 'array', items: { type: 'string' } },
  },
  required: ['name', 'owes', 'months'],
};
const SCHEMA = {
  type: 'object',
  properties: { ships: { type: 'array', items: SHIP }, sure: { type: 'boolean' } },
  required: ['ships', 'sure'],
};

export interface HarbourOptions {
  /** The longest that a reply takes, in milliseconds. */
  slowest?: number;
  store?: RunStore;
  options?: RLMOptions<unknown>;
}

/** A run that is over, and its store. */
export interface HarbourRun {
  store: RunStore;
  runId: string;
  result: RLMResult<unknown>;
}

export async function harbourRun({
  slowest = 20,
  store = memoryStore(),
  options = {},
}: HarbourOptions = {}): Promise<HarbourRun> {
  const fake = await FakeProvider.start(harbourScript(slowest));
  try {
    const runId = options.runId ?? 'harbour-dues';
    const all = {
      runId,
      store,
      schema: SCHEMA,
      maxDepth: 2,
      maxBudgetUsd: 0.5,
      tools: {
        register: {
          description: 'What the register says of a ship.',
          input: { type: 'object', properties: { ship: { type: 'string' } }, required: ['ship'] },
          execute: (input: unknown) => ({ asked: input, home: 'Whitby', tons: 240 }),
        },
      },
      ...options,
    };
    const result = await runRLM<unknown>(CONTEXT, QUERY, optionsFor(fake, all as RLMOptions) as RLMOptions<unknown>);
    return { store, runId, result };
  } finally {
    await fake.stop();
  }
}

/** The same replies each time: by what is asked, and how often it was. */
export function harbourScript(slowest: number): Script {
  const asked = new Set<string>();
  const later = (text: string, request: ModelRequest, share: number): Reply => ({
    text,
    delayMs: Math.round(slowest * (0.25 + 0.75 * (((hash(request.text) * share) % 100) / 100))),
  });
  return conversation({
    turns: TURNS.map((turn) => (request: ModelRequest) => later(turn, request, 7)),
    childTurns: CHILD_TURNS,
    prompt: (request) => {
      const kind = hash(request.text) % 11;
      if (kind === 3 && !asked.has(request.text)) {
        asked.add(request.text);
        return { status: 429, message: 'Too many requests.', retryAfterS: 0 };
      }
      if (kind === 5) return { text: 'The Heron owes 31 crowns, the', ending: 'cut', delayMs: slowest / 2 };
      if (kind === 7) return { text: '', ending: 'refused', delayMs: slowest / 3 };
      const owing = [...request.text.matchAll(/the (\w+) left with the tide, dues of (\d+) crowns NOT PAID/g)];
      return later(
        owing.map(([, ship, dues]) => `${ship} owes ${dues} crowns`).join('; ') || 'All have paid.',
        request,
        13,
      );
    },
  });
}

function hash(text: string): number {
  let sum = 7;
  for (let place = 0; place < text.length; place++) sum = (sum * 31 + text.charCodeAt(place)) % 1_000_003;
  return sum;
}
