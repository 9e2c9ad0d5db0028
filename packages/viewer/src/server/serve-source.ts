import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ViewSource } from '../model/view-source.ts';
import { contentSecurityPolicy, DOCUMENT_END, documentBegin } from '../report/page-document.ts';
import type { PageFiles } from '../report/page-files.ts';
import { begin, sendFailure, sendJSON } from './answers.ts';
import { RunStreams } from './run-streams.ts';
import { refusalOf, Visitors } from './visitors.ts';

/** A page that is served on loopback. */
export interface ServedPage {
  /** Where it is, with the token that whoever opens it needs. */
  url: string;
  /** Resolves once no page follows a run that goes on. */
  unfollowed(): Promise<void>;
  /** Ends every answer that is under way, and the server. Again does nothing. */
  close(): Promise<void>;
}

/** Serves what a source has, and nothing else, on a port of 127.0.0.1. `port`: 0 for one that is free. */
export async function serveSource(source: ViewSource, page: PageFiles, port: number): Promise<ServedPage> {
  const streams = new RunStreams(source);
  const handler = new Handler(source, page, streams);
  const server = createServer((request, response) => void handler.answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  handler.port = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      streams.stop();
      server.closeAllConnections();
    });
    return closing;
  };
  return { url: handler.entry, close, unfollowed: () => streams.unfollowed() };
}

type Door = (query: URLSearchParams, request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

class Handler {
  readonly #source: ViewSource;
  readonly #page: PageFiles;
  readonly #visitors = new Visitors();
  readonly #doors: Readonly<Record<string, Door>>;
  port = 0;

  constructor(source: ViewSource, page: PageFiles, streams: RunStreams) {
    this.#source = source;
    this.#page = page;
    const json =
      (read: (query: URLSearchParams) => Promise<unknown>): Door =>
      async (query, request, response) =>
        await sendJSON(request, response, await read(query));
    this.#doors = {
      '': (_query, _request, response) => this.#sendPage(response),
      runs: json(() => source.listRuns()),
      run: json((query) => source.readRun(textOf(query, 'id'))),
      text: json((query) => {
        const [id, chars] = [numberOf(query, 'text'), numberOf(query, 'chars')];
        const [start, end] = [numberOf(query, 'start'), numberOf(query, 'end')];
        return source.readText(textOf(query, 'run'), { id, chars, head: '' }, start, end);
      }),
      assessment: json(() => source.readAssessment()),
      changes: (query, request, response) => {
        const known = request.headers['last-event-id'] ?? query.get('known') ?? '';
        streams.send(textOf(query, 'id'), String(known), response);
      },
    };
  }

  get entry(): string {
    return this.#visitors.entry(this.port);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    begin(response);
    const refusal = refusalOf(request, this.port);
    if (refusal !== null) return sendFailure(response, refusal.status, refusal.message);
    // As it was sent: no path is ever resolved, and none is one of a file.
    const [path = '', ...rest] = (request.url ?? '').split('?');
    const query = new URLSearchParams(rest.join('?'));
    if (path === '/' && this.#visitors.hasToken(query)) return this.#sendPage(response);
    if (!this.#visitors.hasPass(request)) return sendFailure(response, 403, NO_TOKEN);
    const { folder } = this.#visitors;
    const name = path.startsWith(folder) ? path.slice(folder.length) : undefined;
    const door = name !== undefined && Object.hasOwn(this.#doors, name) ? this.#doors[name] : undefined;
    if (door === undefined) return sendFailure(response, 404, 'There is nothing here.');
    try {
      await door(query, request, response);
    } catch (error) {
      sendFailure(response, error instanceof BadQuery ? 400 : 404, error);
    }
  }

  #sendPage(response: ServerResponse): void {
    const policy = `${contentSecurityPolicy(this.#page, "'self'")}; base-uri 'self'; frame-ancestors 'none'`;
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Set-Cookie', this.#visitors.cookie);
    const head = `<base href="${this.#visitors.folder}">\n`;
    response.end(documentBegin(this.#page, { title: this.#source.isLive ? 'rlm view' : 'rlm', head }) + DOCUMENT_END);
  }
}

const NO_TOKEN = 'The address that rlm view printed has a token: open that one.';

/** The page asks for nothing that is not there: somebody else wrote the query. */
class BadQuery extends Error {}

function textOf(query: URLSearchParams, name: string): string {
  const text = query.get(name);
  if (text === null || text === '') throw new BadQuery(`The query has no ${name}.`);
  return text;
}

function numberOf(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new BadQuery(`${name} of the query is no whole number.`);
  return Number(text);
}
