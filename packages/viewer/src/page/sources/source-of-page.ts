import type { ViewSource } from '../../model/view-source.ts';
import { emptySource } from './empty-source.ts';

/** Where the page has what it shows: a page that nobody gave anything waits for a log to be dropped on it. */
export function sourceOfPage(): ViewSource {
  return emptySource;
}
