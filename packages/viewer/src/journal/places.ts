/** Where in a node something is: iterations from 1, code blocks from 0. */
export interface Place {
  node: string;
  iteration: number;
  codeBlock: number | null;
}

/** Which node was begun where, and so what came of a place when the run goes another way there. */
export class Places {
  readonly #begun = new Map<string, Place>();

  begin(child: string, place: Place): void {
    this.#begun.set(child, place);
  }

  /** Whether a place is in a code block, or in a node that was begun there or below. */
  isOf(block: Place, place: Place): boolean {
    let at: Place | undefined = place;
    while (at !== undefined && at.node !== block.node) at = this.#begun.get(at.node);
    return at?.iteration === block.iteration && at.codeBlock === block.codeBlock;
  }

  /** Whether `place` is the one from which a node went another way, or comes of it. */
  isFrom(divergence: Place, place: Place): boolean {
    let at: Place | undefined = place;
    while (at !== undefined && at.node !== divergence.node) at = this.#begun.get(at.node);
    if (at === undefined) return false;
    if (at.iteration !== divergence.iteration) return at.iteration > divergence.iteration;
    // What is no code block's comes before all of them.
    return (at.codeBlock ?? -1) >= (divergence.codeBlock ?? -1);
  }
}
