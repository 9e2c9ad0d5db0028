import type { BaseTree } from './base-tree.ts';
import type { GivenDocuments } from './given-documents.ts';
import type { Found, ReferenceTree } from './reference-tree.ts';

/** The repository as the work found it, and documents beside it, which come first. */
export class JoinedTree implements ReferenceTree {
  readonly id: string;
  readonly holds: ReferenceTree['holds'];
  readonly #base: BaseTree;
  readonly #given: GivenDocuments;

  constructor(base: BaseTree, given: GivenDocuments) {
    this.#base = base;
    this.#given = given;
    this.id = `${base.id} ${given.id}`;
    this.holds = { repository: true, documents: given.holds.documents };
  }

  async names(): Promise<readonly string[]> {
    const given = await this.#given.names();
    return [...given, ...(await this.#base.names()).filter((name) => !this.#given.has(name))];
  }

  async lines(name: string): Promise<readonly string[]> {
    return await (this.#given.has(name) ? this.#given : this.#base).lines(name);
  }

  async search(text: string, folder: string): Promise<Found> {
    const [given, base] = [await this.#given.search(text, folder), await this.#base.search(text, folder)];
    const others = base.hits.filter(({ file }) => !this.#given.has(file));
    return { hits: [...given.hits, ...others], isCut: given.isCut || base.isCut };
  }
}
