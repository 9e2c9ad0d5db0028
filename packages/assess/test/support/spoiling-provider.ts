import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { FakeProvider, type Script } from '@rlm-bridge/fake-provider';
import { onTestFinished } from 'vitest';

/** An answer in OpenAI's wire format, as far as it is spoilt here. */
interface ChatAnswer {
  choices: { message: { content: string | null; refusal?: string }; finish_reason: string }[];
  usage: { prompt_tokens: number };
}

/** What becomes of the answer to a sub-call. */
export type Spoil = (answer: ChatAnswer) => void;

const cut = (answer: ChatAnswer, finish: string, content: string | null) => {
  for (const choice of answer.choices) Object.assign(choice, { finish_reason: finish, message: { content } });
};

/** Providers named by their misbehaviour, each in the provider's own words. */
export const SPOILS: Record<'refusing' | 'blocking' | 'cutting' | 'empty' | 'dropping', Spoil> = {
  refusing: (answer) => {
    for (const choice of answer.choices) Object.assign(choice.message, { content: null, refusal: 'I cannot help.' });
  },
  blocking: (answer) => cut(answer, 'content_filter', ''),
  cutting: (answer) => cut(answer, 'length', '[]'),
  empty: (answer) => cut(answer, 'stop', ' \n'),
  dropping: (answer) => {
    Object.assign(answer.usage, {
      prompt_tokens: 40,
      total_tokens: 60,
      completion_tokens: 20,
      prompt_tokens_details: null,
    });
  },
};

/** A fake provider behind one that spoils answers to prompts that `isSpoilt` knows; ends with the test. */
export async function spoilingProvider(
  script: Script,
  spoil: Spoil,
  isSpoilt: (prompt: string) => boolean,
): Promise<string> {
  const fake = await FakeProvider.start(script);
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const answer = await forward(fake.url, request, body);
    if (answer.isAnswer && isSubCall(body) && isSpoilt(body.toString('utf8'))) spoil(answer.json);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await fake.stop();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function forward(url: string, { url: path = '', method = 'POST', headers }: IncomingMessage, body: Buffer) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: headers.authorization ?? '' },
    body: new Uint8Array(body),
  });
  const json: ChatAnswer = JSON.parse(await response.text());
  return { status: response.status, isAnswer: response.ok, json };
}

/** A sub-call is a prompt alone; the root's has instructions before it. */
function isSubCall(body: Buffer): boolean {
  const { messages }: { messages: unknown[] } = JSON.parse(body.toString('utf8'));
  return messages.length === 1;
}
