import { createHash } from 'node:crypto';
import type { PageFiles } from './page-files.ts';

/** What a document of the page is made of, beside the page itself. */
export interface DocumentParts {
  title: string;
  /** What stands in the head: markup of ours. */
  head?: string;
  /** Data blocks before the script, which it finds there at once. */
  data?: string;
}

/** The beginning of an HTML document with the page in it, script and style inlined; what may follow are data blocks. */
export function documentBegin({ script, style }: PageFiles, { title, head = '', data = '' }: DocumentParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${head}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
${data}<script>${inline(script)}</script>
`;
}

/** The end of the same. */
export const DOCUMENT_END = '</body>\n</html>\n';

/** What the page may do: run its own script and style by their hashes; images as data alone; no network but `connect`. */
export function contentSecurityPolicy({ script, style }: PageFiles, connect: "'self'" | "'none'"): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(inline(script))}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    `connect-src ${connect}`,
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** As a script that stands in a document: what would end it, or begin a comment, is written otherwise. */
function inline(script: string): string {
  return script.replaceAll(/<(?=\/script|!--)/gi, '\\x3C');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
