import { onTestFinished } from 'vitest';
import type { ViewSource } from '../../src/model/view-source.ts';
import type { PageFiles } from '../../src/report/page-files.ts';
import { type ServedPage, serveSource } from '../../src/server/serve-source.ts';

/** A page that does nothing. */
export const PAGE: PageFiles = { script: 'globalThis.isPage = "</script>";', style: 'body { margin: 0 }' };

export interface Served extends ServedPage {
  origin: string;
  /** Below it everything is served; as the page that was served has it. */
  folder: string;
  cookie: string;
  /** Asks as the page does. */
  ask(door: string, headers?: Record<string, string>): Promise<Response>;
}

/** A source that is served for the length of a test, and a page of it that was opened. */
export async function served(source: ViewSource): Promise<Served> {
  const page = await serveSource(source, PAGE, 0);
  onTestFinished(() => page.close());
  const { origin } = new URL(page.url);
  const opened = await fetch(page.url);
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const folder = /<base href="([^"]+)">/.exec(await opened.text())?.[1] ?? '';
  const ask = (door: string, headers = {}) => fetch(`${origin}${folder}${door}`, { headers: { cookie, ...headers } });
  return { ...page, origin, folder, cookie, ask };
}
