import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, on } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type FixtureResponse, type ServerInstance } from '@copilotkit/aimock';
import { type Bill, billFor } from './bill.ts';
import { type CacheUse, PromptCache } from './prompt-cache.ts';
import { withRefusal, withUsage, wordFor } from './reply-body.ts';
import { type ModelRequest, readRequest } from './request.ts';
import type { Ending, Reply, Script } from './script.ts';
import { type TokenUsage, usageOf } from './usage.ts';
import { type WireFormat, wireFormatOf } from './wire-format.ts';

/** A request and what became of it. */
export interface ServedRequest {
  readonly request: ModelRequest;
  /** When it was complete, on the clock of `performance.now()`. */
  readonly arrivedAt: number;
  /** `billed` once answered with text; `refused` with a status; `cut` by either side before an answer. */
  readonly outcome: 'open' | 'billed' | 'refused' | 'cut';
  readonly usage: TokenUsage | null;
}

export interface FakeProviderOptions {
  /** Interface to listen on. Default 127.0.0.1; 0.0.0.0 to be reached from a container. */
  readonly host?: string;
}

type Answer = Exclude<Reply, string | { cutBy: string }>;

/**
 * How long a connection may be idle, as with the providers: Node's five seconds end while a busy client's request is on its
 * way, and what such a request costs nobody can tell it.
 */
const KEEP_ALIVE_MS = 75_000;

/** Connections that wait to be taken, as many as Linux allows: of Node's 511, those of a thousand runs were lost with what was sent on them. */
const BACKLOG = 4096;

interface Exchange {
  readonly path: string;
  /** What the client wrote; aimock hands on OpenAI's shape, without cache marks. */
  readonly written: Buffer[];
  readonly response: ServerResponse;
  served: { -readonly [K in keyof ServedRequest]: ServedRequest[K] } | null;
  ending?: Ending | undefined;
}

/**
 * A model provider on localhost. The wire formats are aimock's; in front of its request listener sit the parts it
 * lacks: usage details (cached, reasoning), requests that hang or drop, open requests and connections, and the bill.
 */
export class FakeProvider implements AsyncDisposable {
  readonly #script: Script;
  readonly #exchange = new AsyncLocalStorage<Exchange>();
  readonly #served: ServedRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #cache = new PromptCache();
  readonly #changes = new EventEmitter();
  readonly #aimock: ServerInstance;
  #url = '';

  private constructor(script: Script, aimock: ServerInstance) {
    this.#script = script;
    this.#aimock = aimock;
    const [serve] = aimock.server.listeners('request') as RequestListener[];
    if (serve === undefined) throw new Error('aimock no longer serves by a request listener');
    aimock.server.removeAllListeners('request');
    aimock.server.on('request', (request, response) => this.#open(request, response, serve));
    aimock.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#note(() => this.#sockets.delete(socket)));
    });
  }

  static async start(script: Script, { host = '127.0.0.1' }: FakeProviderOptions = {}): Promise<FakeProvider> {
    const self: { provider?: FakeProvider } = {};
    const answer = () => {
      throw new Error('a request arrived before the provider was ready');
    };
    const fixture = { match: {}, response: (body: object) => (self.provider ? self.provider.#answer(body) : answer()) };
    const aimock = await createServer([fixture], { port: 0, host, journalMaxEntries: 1 });
    // Nobody reads its journal, which writes each request down as JSON once more.
    aimock.journal.add = (entry) => ({ ...entry, id: '', timestamp: 0 });
    self.provider = new FakeProvider(script, aimock);
    await self.provider.#listenAnew(host);
    return self.provider;
  }

  /** Base URL without a path: what Anthropic's and Google's clients take. */
  get url(): string {
    return this.#url;
  }

  /** Base URL of the OpenAI-compatible API. */
  get openaiUrl(): string {
    return `${this.url}/v1`;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Every request so far, in order of arrival. */
  get served(): readonly ServedRequest[] {
    return this.#served;
  }

  /** Requests taken and not yet answered or cut. */
  get openRequests(): number {
    return this.#served.filter(({ outcome }) => outcome === 'open').length;
  }

  /** Sockets open now, idle ones of keep-alive clients included. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** What this provider would charge for every answered request. */
  get bill(): Bill {
    return billFor(
      this.#served.flatMap(({ request, usage }) => (usage === null ? [] : [{ model: request.model, usage }])),
    );
  }

  /** Forgets the requests so far; scripts keep their state. */
  forget(): void {
    this.#served.length = 0;
  }

  /** Resolves as soon as `condition` holds, looked at after every change of state. */
  async until(condition: (provider: this) => boolean, signal?: AbortSignal): Promise<void> {
    if (condition(this)) return;
    for await (const _ of on(this.#changes, 'change', { signal })) if (condition(this)) return;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#aimock.server.close(() => resolve()));
    this.#aimock.server.closeAllConnections();
    await closed;
  }

  async #listenAnew(host: string): Promise<void> {
    const { server } = this.#aimock;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    await new Promise((closed) => server.close(closed));
    await new Promise<void>((listening) => server.listen({ host, port: 0, backlog: BACKLOG }, listening));
    const { address, port } = server.address() as AddressInfo;
    this.#url = `http://${address}:${port}`;
  }

  #note(change: () => void): void {
    change();
    this.#changes.emit('change');
  }

  #open(request: IncomingMessage, response: ServerResponse, serve: RequestListener): void {
    // aimock knows Gemini's v1beta only; Google's client speaks v1.
    request.url = (request.url ?? '').replace(/^\/v1\/models\//, '/v1beta/models/');
    const exchange: Exchange = { path: request.url, written: keepBody(request), response, served: null };
    response.once('close', () => {
      const { served } = exchange;
      if (served?.outcome === 'open') this.#note(() => Object.assign(served, { outcome: 'cut' }));
    });
    finishAsScripted(exchange);
    this.#exchange.run(exchange, () => serve(request, response));
  }

  async #answer(body: object): Promise<FixtureResponse> {
    const exchange = this.#exchange.getStore();
    if (exchange === undefined) throw new Error('aimock lost the request between listener and factory');
    const format = wireFormatOf(exchange.path);
    const request = readRequest(this.#served.length + 1, format, { ...body });
    const served: NonNullable<Exchange['served']> = {
      request,
      arrivedAt: performance.now(),
      outcome: 'open',
      usage: null,
    };
    this.#note(() => this.#served.push(served));
    exchange.served = served;
    const reply = await this.#reply(request, exchange.response);
    if (reply === null) return { error: { message: 'the client is gone' } };
    if ('status' in reply) {
      this.#note(() => Object.assign(served, { outcome: 'refused' }));
      const { status, message, retryAfterS } = reply;
      return { error: { message }, status, ...(retryAfterS !== undefined && { retryAfter: retryAfterS }) };
    }
    const cache = this.#useCache(exchange, format);
    if (typeof cache === 'string') {
      this.#note(() => Object.assign(served, { outcome: 'refused' }));
      return { error: { message: cache }, status: 400 };
    }
    const usage = usageOf(request.messages, reply.text, format, reply, cache);
    exchange.ending = reply.ending;
    this.#note(() => Object.assign(served, { outcome: 'billed', usage }));
    const { text, ending } = reply;
    return { content: text, ...(ending !== undefined && { finishReason: wordFor(ending, format) }) };
  }

  #useCache({ written }: Exchange, format: WireFormat): CacheUse | string | undefined {
    return format === 'anthropic' ? this.#cache.use(JSON.parse(Buffer.concat(written).toString())) : undefined;
  }

  /** Plays the script; null once the connection is gone. */
  async #reply(request: ModelRequest, response: ServerResponse): Promise<Answer | null> {
    const gone = new Promise<null>((resolve) => response.once('close', () => resolve(null)));
    const reply = await Promise.race([this.#script(request), gone]);
    if (reply === null) return null;
    if (typeof reply === 'string') return { text: reply };
    if ('cutBy' in reply) {
      if (reply.cutBy === 'provider') response.destroy();
      return gone;
    }
    if ('text' in reply && reply.delayMs !== undefined) return Promise.race([sleep(reply.delayMs, reply), gone]);
    return reply;
  }
}

/** The chunks of a body as they arrive, whoever reads it. */
function keepBody(request: IncomingMessage): Buffer[] {
  const chunks: Buffer[] = [];
  const { emit } = request;
  request.emit = (name: string | symbol, ...rest: unknown[]) => {
    if (name === 'data') chunks.push(rest[0] as Buffer);
    return Reflect.apply(emit, request, [name, ...rest]);
  };
  return chunks;
}

/** The last events of Anthropic's stream, which have its usage. */
const LAST_EVENTS = /^event: message_(?:delta|stop)/;

/** Rewrites the usage in whatever aimock writes for this exchange, or breaks it off in the middle. */
function finishAsScripted(exchange: Exchange): void {
  const { response } = exchange;
  const rewrite = (chunk: unknown) => {
    const { served, ending } = exchange;
    if (typeof chunk !== 'string' || !served?.usage) return chunk;
    const { format } = served.request;
    const body = withUsage(chunk, format, served.usage);
    return ending === 'declined' && format === 'openai' ? withRefusal(body) : body;
  };
  const { write, end } = response;
  response.write = (chunk: unknown, ...rest: unknown[]) => {
    const lost = exchange.ending === 'broken' && LAST_EVENTS.test(String(chunk));
    return lost || Reflect.apply(write, response, [rewrite(chunk), ...rest]);
  };
  response.end = (chunk?: unknown, ...rest: unknown[]) => {
    if (exchange.ending !== 'broken') return Reflect.apply(end, response, [rewrite(chunk), ...rest]);
    if (typeof chunk === 'string') Reflect.apply(write, response, [chunk.slice(0, chunk.length / 2)]);
    setImmediate(() => response.destroy());
    return response;
  };
}
