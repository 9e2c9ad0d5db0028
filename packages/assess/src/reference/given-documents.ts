import { createHash } from 'node:crypto';
import { Pace } from '../evidence/pace.ts';
import { shownLines } from '../evidence/shown-lines.ts';
import { type Found, type Hit, MAX_HITS_IN_FILE, notThere, type ReferenceTree } from './reference-tree.ts';

/** What the names of documents begin with: a file of the repository that is called so gives way. */
export const GIVEN = 'context:';

/** Documents that the caller gives beside the work: rules of a project, a design, what an interface promises. */
export class GivenDocuments implements ReferenceTree {
  readonly id: string;
  readonly holds: ReferenceTree['holds'];
  readonly #texts: ReadonlyMap<string, string>;
  readonly #lines = new Map<string, Promise<string[]>>();
  readonly #signal: AbortSignal | undefined;

  /** @param documents Texts by their names. */
  constructor(documents: Readonly<Record<string, string>>, signal?: AbortSignal) {
    const texts = Object.entries(documents).map(([name, text]): [string, string] => [`${GIVEN}${name}`, text]);
    this.#texts = new Map(texts);
    this.#signal = signal;
    this.holds = { repository: false, documents: [...this.#texts.keys()] };
    this.id = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  }

  has(name: string): boolean {
    return this.#texts.has(name);
  }

  async names(): Promise<readonly string[]> {
    return this.holds.documents;
  }

  async lines(name: string): Promise<readonly string[]> {
    const text = this.#texts.get(name);
    if (text === undefined) throw notThere(name);
    const lines = this.#lines.get(name) ?? shownLines(text, new Pace(this.#signal));
    this.#lines.set(name, lines);
    return await lines;
  }

  async search(text: string, folder: string): Promise<Found> {
    const pace = new Pace(this.#signal);
    const hits: Hit[] = [];
    let isCut = false;
    for (const file of this.holds.documents) {
      if (folder !== '' && file !== folder && !file.startsWith(`${folder}/`)) continue;
      const lines = await this.lines(file);
      const found = lines.flatMap((line, at): Hit[] =>
        line.includes(text) ? [{ file, line: at + 1, text: line }] : [],
      );
      hits.push(...found.slice(0, MAX_HITS_IN_FILE));
      isCut ||= found.length > MAX_HITS_IN_FILE;
      await pace.step();
    }
    return { hits, isCut };
  }
}
