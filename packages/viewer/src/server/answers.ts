import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { thrownText } from '@rlm-bridge/text';

const compress = promisify(gzip);
/** Below it, compressing takes longer than it saves. */
const COMPRESSED_FROM = 65_536;

/** What every answer says, whatever is in it. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Unless the answer is the page itself: nothing of it is to be shown, or to run, by itself. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox";

export function begin(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader('Content-Security-Policy', NOTHING);
}

/** Any value, lone surrogates included, as JSON. */
export async function sendJSON(request: IncomingMessage, response: ServerResponse, value: unknown): Promise<void> {
  const body = Buffer.from(JSON.stringify(value));
  response.setHeader('Content-Type', 'application/json');
  const accepted = `${request.headers['accept-encoding'] ?? ''}`;
  if (body.length < COMPRESSED_FROM || !/\bgzip\b/.test(accepted)) return void response.end(body);
  response.setHeader('Content-Encoding', 'gzip');
  response.end(await compress(body, { level: 1 }));
}

export function sendFailure(response: ServerResponse, status: number, error: unknown): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ message: thrownText(error) }));
}
