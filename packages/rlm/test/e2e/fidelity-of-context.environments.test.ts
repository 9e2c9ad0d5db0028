import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RLMContext } from '../../src/index.ts';
import { environment } from './support/environment.ts';
import { finish, provider } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/** In bytes: more than one message of a REPL may hold. */
const LARGE = 70 << 20;
/** Of a string, which is on its way to a file of the same kind: more than any piece of it. */
const LARGE_STRING = 10 << 20;

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

/** Contexts that are no single text, and as what the REPL has them, as JSON. */
const VALUES = [
  {
    name: 'a list',
    context: async (): Promise<RLMContext> => LIST,
    seen: (name: string) => `json.dumps([hashlib.sha256(one.encode()).hexdigest() for one in ${name}])`,
    answer: LIST.map(sha256),
    loaded: { contextType: 'list', sha256: sha256(JSON.stringify(LIST)) },
  },
  {
    name: 'a dict',
    context: async (): Promise<RLMContext> => DICT,
    seen: (name: string) => `json.dumps(${name})`,
    answer: DICT,
    loaded: { contextType: 'dict', sha256: sha256(JSON.stringify(DICT)) },
  },
  {
    name: 'files, by name',
    context: async (): Promise<RLMContext> => {
      const cwd = await temporaryFolder();
      for (const [name, text] of Object.entries(FILES)) await writeFile(join(cwd, name), text);
      return { files: ['*.txt'], cwd };
    },
    seen: (name: string) => `json.dumps(${name})`,
    answer: FILES,
    loaded: { contextType: 'dict' },
  },
];

/** What the REPL says of its context, by its own count, and what the worker reported. */
async function load(context: RLMContext, expression: string) {
  const fake = await provider(
    conversation({ turns: [repl(`import hashlib, json\nseen = ${expression}`), submit('seen')] }),
  );
  const { result, events } = await finish(fake, { environment }, context);
  const loaded = events.find((event) => event.type === 'context.loaded');
  return { answer: result.answer, loaded, metadata: fake.served[0]?.request.messages[1]?.content };
}

const seenOf = (name: string) => `hashlib.sha256(${name}.encode()).hexdigest() + " " + str(len(${name}))`;
const inRepl = seenOf('context');

/** What the worker and its REPL say of a text when it arrives. */
function toldOf(text: string) {
  const chars = [...text].length;
  const loaded = { contextType: 'str', chars, bytes: Buffer.byteLength(text), sha256: sha256(text) };
  return { chars, loaded, answer: `${sha256(text)} ${chars}` };
}

describe(`${environment}: a context arrives byte for byte`, () => {
  if (environment === 'local') {
    test.each(Object.entries(TEXTS))('%s', async (_, text) => {
      const { answer, loaded, metadata } = await load(text, inRepl);
      const told = toldOf(text);
      expect(answer).toBe(told.answer);
      expect(loaded).toMatchObject(told.loaded);
      expect(metadata).toContain(`a str of ${told.chars} total characters`);
    });

    // How it comes into its file is the same wherever its REPL is.
    test(`${megabytes(LARGE_STRING)} as a string`, async () => {
      const bytes = large(LARGE_STRING);
      const told = sha256(bytes);
      const { answer, loaded } = await load(bytes.toString(), inRepl);
      expect(answer).toBe(`${told} ${loaded?.chars}`);
      expect(loaded).toMatchObject({ bytes: LARGE_STRING, sha256: told });
    });

    test.each(VALUES)('$name', async ({ context, seen, answer, loaded }) => {
      const told = await load(await context(), seen('context'));
      expect(JSON.parse(told.answer ?? '')).toEqual(answer);
      expect(told.loaded).toMatchObject(loaded);
    });
  } else {
    test('texts, lists, dicts and files, in turns of one session', async () => {
      const texts = Object.entries(TEXTS).map(([name, text]) => {
        const { answer, loaded } = toldOf(text);
        const seen = (variable: string) => `json.dumps(${seenOf(variable)})`;
        return { name, context: async (): Promise<RLMContext> => text, seen, answer, loaded };
      });
      const all = [...texts, ...VALUES];
      const says = all.map(({ name, seen }, n) => [
        name,
        [repl(`import hashlib, json\nseen = ${seen(`context_${n}`)}`), submit('seen')],
      ]);
      const session = await open(await provider(byQuery(Object.fromEntries(says))), { environment });
      for (const { name, context, answer, loaded } of all) {
        const { run, events } = turn(session, await context(), name);
        expect(JSON.parse((await run).answer ?? ''), name).toEqual(answer);
        const event = events.find(({ type }) => type === 'context.loaded');
        expect(event, name).toMatchObject(loaded);
      }
    });
  }

  test(`${megabytes(LARGE)} from a file`, async () => {
    const bytes = large(LARGE);
    const told = sha256(bytes);
    const file = join(await temporaryFolder(), 'big.txt');
    await writeFile(file, bytes);
    const { answer, loaded } = await load({ file }, inRepl);
    expect(answer?.split(' ')[0]).toBe(told);
    expect(loaded).toMatchObject({ bytes: LARGE, sha256: told });
  });
});

function megabytes(bytes: number): string {
  return `${bytes >> 20} MB`;
}

/** Exactly so many bytes, of characters of 1 to 4 that straddle every power-of-two boundary. */
function large(bytes: number): Buffer {
  const unit = Buffer.from('line é 漢 \u{1f9ea}\r\n');
  return Buffer.alloc(bytes, unit).fill('x', bytes - (bytes % unit.length));
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-context-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
