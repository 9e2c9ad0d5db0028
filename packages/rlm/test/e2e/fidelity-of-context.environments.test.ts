import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repl, submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import type { RLMContext } from '../../src/index.ts';
import { inEachEnvironment } from './support/environment.ts';
import { provider } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/** In bytes: more than one message of a REPL may hold. */
const LARGE = 70 << 20;
/** Of a string, which is on its way to a file of the same kind: more than any piece of it. */
const LARGE_STRING = 10 << 20;

/** Of characters of 1 to 4 bytes. */
const UNIT = Buffer.from('line é 漢 \u{1f9ea}\r\n');

const TEXTS: Readonly<Record<string, string>> = {
  'one character': 'x',
  'CRLF and CR': 'one\r\ntwo\rthree\n\r\n',
  'NUL and other controls': 'a\0b\x01\x02\x1b[31m\x7f\x85\u2028\u2029end',
  'a byte order mark': '\ufeffafter the mark',
  emoji: 'family \u{1f468}\u200d\u{1f469}\u200d\u{1f467} and flag \u{1f1f3}\u{1f1f4}',
  'astral letters': '\u{10400}\u{1d518}\u{2070e}',
  'right to left': 'שלום مرحبا \u202eabc\u202c',
  'combining marks, not normalized': 'e\u0301 \u00e9 \u212b',
  'text that looks like code': '"""\'\'\'\\n{x}%s</script>\n```repl\nanswer["ready"] = True\n```',
};

const LIST = ['', 'two\r\n', '\u{1f9ea}', 'x'.repeat(70_000)];
const DICT = { 'a key \u{1f511}': 'one\r\n', nested: { list: [1, 2.5, null, true, 'ünï'] }, '': '\u0000' };
const FILES = { 'ä.txt': TEXTS['CRLF and CR'] ?? '', 'b.txt': TEXTS.emoji ?? '' };

/** What a turn brings, as what its REPL has it, as JSON, and what the worker reports of it. */
interface Given {
  readonly name: string;
  readonly context: () => Promise<RLMContext>;
  /** An expression over the variable of this name. */
  readonly seen: (name: string) => string;
  readonly answer: unknown;
  readonly loaded: object;
  /** What the root model is told of it. */
  readonly told?: string;
}

const texts = Object.entries(TEXTS).map(([name, text]): Given => {
  const chars = [...text].length;
  return {
    name,
    context: async () => text,
    seen: hashed,
    answer: [sha256(text), chars],
    loaded: { contextType: 'str', chars, bytes: Buffer.byteLength(text), sha256: sha256(text) },
    told: `a str of ${chars} total characters`,
  };
});

const values: readonly Given[] = [
  {
    name: 'a list',
    context: async () => LIST,
    seen: (name) => `[hashlib.sha256(one.encode()).hexdigest() for one in ${name}]`,
    answer: LIST.map(sha256),
    loaded: { contextType: 'list', sha256: sha256(JSON.stringify(LIST)) },
  },
  {
    name: 'a dict',
    context: async () => DICT,
    seen: (name) => name,
    answer: DICT,
    loaded: { contextType: 'dict', sha256: sha256(JSON.stringify(DICT)) },
  },
  {
    name: 'files, by name',
    context: async () => {
      const cwd = await temporaryFolder();
      for (const [name, text] of Object.entries(FILES)) await writeFile(join(cwd, name), text);
      return { files: ['*.txt'], cwd };
    },
    seen: (name) => name,
    answer: FILES,
    loaded: { contextType: 'dict' },
  },
];

async function inFile(bytes: Buffer): Promise<RLMContext> {
  const file = join(await temporaryFolder(), 'big.txt');
  await writeFile(file, bytes);
  return { file };
}

function largeText(bytes: number, what: string, contextOf: (all: Buffer) => Promise<RLMContext>): Given {
  const all = large(bytes);
  const hash = sha256(all);
  const rest = bytes % UNIT.length;
  const chars = ((bytes - rest) / UNIT.length) * [...UNIT.toString()].length + rest;
  return {
    name: `${bytes >> 20} MB ${what}`,
    context: () => contextOf(all),
    seen: hashed,
    answer: [hash, chars],
    loaded: { chars, bytes, sha256: hash },
  };
}

inEachEnvironment((environment) => {
  test('contexts of all kinds and sizes arrive byte for byte, in turns of one session', async () => {
    // How a string comes into its file is the same wherever its REPL is.
    const asString =
      environment === 'local' ? [largeText(LARGE_STRING, 'as a string', async (all) => all.toString())] : [];
    const all = [...texts, ...values, ...asString, largeText(LARGE, 'from a file', inFile)];
    const says = all.map(({ name, seen }, n) => [
      name,
      [repl(`import hashlib, json\nseen = json.dumps(${seen(`context_${n}`)})`), submit('seen')],
    ]);
    const fake = await provider(byQuery(Object.fromEntries(says)));
    const session = await open(fake, { environment });
    for (const { name, context, answer, loaded, told = '' } of all) {
      const { run, events } = turn(session, await context(), name);
      expect(JSON.parse((await run).answer ?? ''), name).toEqual(answer);
      expect(
        events.find(({ type }) => type === 'context.loaded'),
        name,
      ).toMatchObject(loaded);
      expect(fake.served.at(-1)?.request.messages[1]?.content, name).toContain(told);
    }
  });
});

function hashed(name: string): string {
  return `[hashlib.sha256(${name}.encode()).hexdigest(), len(${name})]`;
}

/** Exactly so many bytes: characters straddle every power-of-two boundary. */
function large(bytes: number): Buffer {
  return Buffer.alloc(bytes, UNIT).fill('x', bytes - (bytes % UNIT.length));
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-context-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
