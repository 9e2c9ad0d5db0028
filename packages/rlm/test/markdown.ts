import { readFileSync } from 'node:fs';

/** A block of TypeScript, under the heading it stands below. */
export interface Snippet {
  heading: string;
  code: string;
}

/** A page of the repository, by its path in it: its sections by `## ` heading, its blocks of TypeScript, its tables. */
export class Page {
  readonly text: string;
  readonly #sections: { heading: string; text: string }[];

  constructor(path: string) {
    this.text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
    this.#sections = this.text.split(/^## /m).map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return { heading, text: lines.join('\n') };
    });
  }

  get headings(): string[] {
    return this.#sections.slice(1).map(({ heading }) => heading);
  }

  /** What stands below a heading; '' for one that is not there. */
  textOf(heading: string): string {
    return this.#sections.find((one) => one.heading === heading)?.text ?? '';
  }

  get snippets(): Snippet[] {
    return this.#sections.flatMap(({ heading, text }) =>
      [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => ({ heading, code })),
    );
  }

  /** The rows of the table below a heading, cell by cell, without its head. */
  tableOf(heading: string): string[][] {
    const rows = this.textOf(heading)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    if (rows.length < 3) throw new Error(`There is no table under "${heading}"`);
    const cells = rows.map((row) => row.split('|').slice(1, -1));
    return cells.slice(2).map((row) => row.map((cell) => cell.trim()));
  }
}

/** Everything in backquotes, code blocks not counted. */
export function quoted(markdown: string): string[] {
  return [...markdown.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
