import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: a status, and words for whoever sees it. */
export interface Refusal {
  status: 403 | 405;
  message: string;
}

/**
 * Who may ask: whoever was told the token, and the page that was served to them. The page has a cookie in its place, which
 * is sent to one path of this server alone: the path is drawn anew each time, so that no other server on loopback gets it.
 */
export class Visitors {
  readonly #token = randomBytes(32).toString('base64url');
  readonly #pass = randomBytes(32).toString('base64url');
  /** Below it everything is served; it is in the address bar, and is no secret. */
  readonly folder = `/v/${randomBytes(12).toString('base64url')}/`;

  /** Where a person begins. */
  entry(port: number): string {
    return `http://127.0.0.1:${port}/?token=${this.#token}`;
  }

  /** Set with the page. */
  get cookie(): string {
    return `${COOKIE}=${this.#pass}; Path=${this.folder}; HttpOnly; SameSite=Strict`;
  }

  hasToken(query: URLSearchParams): boolean {
    return isSame(query.get('token') ?? '', this.#token);
  }

  /** Whether the page that asks was served to somebody who had the token. */
  hasPass(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split('; ');
    const given = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`));
    return isSame(given?.slice(COOKIE.length + 1) ?? '', this.#pass);
  }
}

const COOKIE = 'rlm_view';

/** What is wrong with a request, whoever sends it: another method, name of the server, or site. Null: nothing. */
export function refusalOf(request: IncomingMessage, port: number): Refusal | null {
  const { method, headers } = request;
  if (method !== 'GET') return { status: 405, message: 'Only GET is answered.' };
  // The name of another host that leads here: DNS rebinding.
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) return refused(`This server is ${hosts.join(' or ')}.`);
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return refused(OTHER_SITE);
  const site = headers['sec-fetch-site'] ?? 'none';
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isOpened || site === 'same-origin' || site === 'none' ? null : refused(OTHER_SITE);
}

const OTHER_SITE = 'Pages of other sites are not answered.';

function refused(message: string): Refusal {
  return { status: 403, message };
}

/** Compared by hash, so that neither the time nor the length tells how much of it was right. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
