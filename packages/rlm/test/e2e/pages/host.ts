import { SnippetProcess } from '../support/snippet-process.ts';

/** Has the snippets of all pages as its own, one after the other. */
export const host = new SnippetProcess();
