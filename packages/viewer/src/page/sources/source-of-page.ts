import type { ViewSource } from '../../model/view-source.ts';
import { EmbeddedSource } from './embedded-source.ts';
import { emptySource } from './empty-source.ts';
import { ServerSource } from './server-source.ts';

/** Where the page has what it shows: its own file, or its server; a page that has neither waits for a log to be dropped on it. */
export function sourceOfPage(): ViewSource {
  if (EmbeddedSource.isIn(document)) return new EmbeddedSource(document);
  const base = document.querySelector('base');
  if (base === null) return emptySource;
  // The token has done its work: what may be copied out of the address bar has none.
  history.replaceState(null, '', base.href + location.hash);
  return new ServerSource(base.href);
}
