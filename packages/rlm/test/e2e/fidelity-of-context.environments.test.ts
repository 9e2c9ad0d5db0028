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

const HUNDRED_MB = 100 * 1024 * 1024;

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

    // How it comes to the worker is the same wherever its REPL is.
    test('100 MB as a string', async () => {
      const text = hundredMegabytes().toString();
      const { answer, loaded } = await load(text, inRepl);
      expect(answer).toBe(`${sha256(text)} ${loaded?.chars}`);
      expect(loaded).toMatchObject({ bytes: HUNDRED_MB, sha256: sha256(text) });
    });
  } else {
    test('texts of all kinds, in turns of one session', async () => {
      const texts = Object.entries(TEXTS);
      const says = texts.map(([name], n) => [
        name,
        [repl(`import hashlib\nseen = ${seenOf(`context_${n}`)}`), submit('seen')],
      ]);
      const session = await open(await provider(byQuery(Object.fromEntries(says))), { environment });
      for (const [name, text] of texts) {
        const { run, events } = turn(session, text, name);
        const told = toldOf(text);
        expect((await run).answer, name).toBe(told.answer);
        expect(
          events.find((event) => event.type === 'context.loaded'),
          name,
        ).toMatchObject(told.loaded);
      }
    });
  }

  test('a list', async () => {
    const list = ['', 'two\r\n', '\u{1f9ea}', 'x'.repeat(70_000)];
    const { answer, loaded } = await load(
      list,
      'json.dumps([hashlib.sha256(one.encode()).hexdigest() for one in context])',
    );
    expect(JSON.parse(answer ?? '')).toEqual(list.map(sha256));
    expect(loaded).toMatchObject({ contextType: 'list', sha256: sha256(JSON.stringify(list)) });
  });

  test('a dict', async () => {
    const dict = { 'a key \u{1f511}': 'one\r\n', nested: { list: [1, 2.5, null, true, 'ünï'] }, '': '\u0000' };
    const { answer, loaded } = await load(dict, 'json.dumps(context)');
    expect(JSON.parse(answer ?? '')).toEqual(dict);
    expect(loaded).toMatchObject({ contextType: 'dict', sha256: sha256(JSON.stringify(dict)) });
  });

  test('files, by name', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'ä.txt'), TEXTS['CRLF and CR'] ?? '');
    await writeFile(join(folder, 'b.txt'), TEXTS.emoji ?? '');
    const context = { files: ['*.txt'], cwd: folder };
    const { answer } = await load(context, 'json.dumps(context)');
    expect(JSON.parse(answer ?? '')).toEqual({ 'ä.txt': TEXTS['CRLF and CR'], 'b.txt': TEXTS.emoji });
  });

  test('100 MB from a file', async () => {
    const bytes = hundredMegabytes();
    const file = join(await temporaryFolder(), 'big.txt');
    await writeFile(file, bytes);
    const { answer, loaded } = await load({ file }, inRepl);
    expect(answer?.split(' ')[0]).toBe(sha256(bytes));
    expect(loaded).toMatchObject({ bytes: HUNDRED_MB, sha256: sha256(bytes) });
  });
});

/** Exactly 100 MB whose characters of 1 to 4 bytes straddle every power-of-two boundary. */
function hundredMegabytes(): Buffer {
  const unit = Buffer.from('line é 漢 \u{1f9ea}\r\n');
  const bytes = Buffer.alloc(HUNDRED_MB, 'x');
  for (let at = 0; at + unit.length <= HUNDRED_MB; at += unit.length) unit.copy(bytes, at);
  return bytes;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-context-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
