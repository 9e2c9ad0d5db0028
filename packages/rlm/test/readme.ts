import { readFileSync } from 'node:fs';

/** A block of TypeScript in README.md, under the heading it stands below. */
export interface Snippet {
  heading: string;
  code: string;
}

export const readme: string = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

const sections = readme.split(/^## /m).map((section) => {
  const [heading = '', ...lines] = section.split('\n');
  return { heading, text: lines.join('\n') };
});

export const snippets: Snippet[] = sections.flatMap(({ heading, text }) =>
  [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => ({ heading, code })),
);

/** The rows of the table below a heading, cell by cell, without its head. */
export function tableOf(heading: string): string[][] {
  const section = sections.find((one) => one.heading === heading);
  const rows = (section?.text ?? '').split('\n').filter((line) => line.startsWith('|'));
  if (rows.length < 3) throw new Error(`README.md has no table under "${heading}"`);
  const cells = rows.map((row) => row.split('|').slice(1, -1));
  return cells.slice(2).map((row) => row.map((cell) => cell.trim()));
}

/** Everything in backquotes, code blocks not counted. */
export function quoted(markdown: string = readme): string[] {
  return [...markdown.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
