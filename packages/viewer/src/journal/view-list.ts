/** A list that grows, whose items change in their places; whoever has its items keeps them as they were. */
export class ViewList<T extends object> {
  #items: T[] = [];
  #isShared = false;

  get length(): number {
    return this.#items.length;
  }

  /** The items as they are now; the same list as long as none changes. */
  get items(): T[] {
    this.#isShared = true;
    return this.#items;
  }

  at(place: number): T | undefined {
    return this.#items[place];
  }

  /** @returns its place */
  add(item: T): number {
    this.#own().push(item);
    return this.#items.length - 1;
  }

  change(place: number, fields: Partial<T>): void {
    const item = this.#items[place];
    if (item !== undefined) this.#own()[place] = { ...item, ...fields };
  }

  #own(): T[] {
    if (this.#isShared) this.#items = [...this.#items];
    this.#isShared = false;
    return this.#items;
  }
}
