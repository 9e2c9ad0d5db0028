import { createServer, type Socket } from 'node:net';
import type { Asked, Told } from './quick-provider.ts';

// A provider in a process of its own that does the least a provider can: it reads a request's length, its model and its
// turn, and writes a reply that was made beforehand. What it serves is told over IPC.

const LAST_TURN = 'Turn ';
let asked: Asked = { rootModel: '', turns: [], reply: '', delayMs: 0 };
let told: Told = { served: 0, firstAt: null };

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    pending = serveWhole(socket, pending);
  });
});

process.on('message', (message: Asked | 'tell') => {
  if (message === 'tell') return void process.send?.(told);
  asked = message;
  told = { served: 0, firstAt: null };
  process.send?.(told);
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', 4096, () => process.send?.(server.address()));

/** Serves every request that has arrived whole, and returns what is left. */
function serveWhole(socket: Socket, data: Buffer): Buffer {
  for (;;) {
    const bodyAt = data.indexOf('\r\n\r\n') + 4;
    if (bodyAt === 3) return data;
    const end = bodyAt + Number(/content-length: *(\d+)/i.exec(data.toString('latin1', 0, bodyAt))?.[1] ?? 0);
    if (data.length < end) return data;
    const reply = replyTo(data.subarray(bodyAt, end));
    told = { served: told.served + 1, firstAt: told.firstAt ?? performance.timeOrigin + performance.now() };
    if (asked.delayMs === 0) socket.write(reply);
    else setTimeout(() => socket.write(reply), asked.delayMs);
    data = data.subarray(end);
  }
}

function replyTo(body: Buffer): string {
  if (!isOf(asked.rootModel, body)) return completion(asked.reply, body.length);
  const turn = Number.parseInt(body.toString('latin1', body.lastIndexOf(LAST_TURN) + LAST_TURN.length), 10);
  return completion(asked.turns[turn - 1] ?? 'There is no such turn.', body.length);
}

function isOf(model: string, body: Buffer): boolean {
  return body.includes(`"model":"${model}"`) || body.includes(`"model": "${model}"`);
}

/** Four bytes are a token: of a provider that counts less it would be said that it did not see all of a prompt. */
function completion(content: string, bytes: number): string {
  const prompt = Math.ceil(bytes / 4);
  const body = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'quick',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: prompt, completion_tokens: 10, total_tokens: prompt + 10 },
  });
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return head + body;
}
