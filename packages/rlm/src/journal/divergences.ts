import type { Effect } from '@rlm-bridge/protocol';

/** Where in a node something is: iterations from 1, code blocks from 0. */
export interface Place {
  node: string;
  iteration: number;
  codeBlock: number;
}

/** Where a node went another way than it had before; `n`: the record that says so. */
export interface Divergence extends Place {
  n: number;
}

/** Which place comes at or after another one of its node, and which node was begun there. */
export class Tree {
  /** Where each child was begun. */
  readonly #begun = new Map<string, Place>();

  /** Takes note of children. */
  note(effect: Effect): void {
    if (effect.kind !== 'child.spawned') return;
    const { child, node, iteration, codeBlock } = effect;
    this.#begun.set(child, { node, iteration, codeBlock });
  }

  /** Whether what is there comes from where a node went another way, or from after it. */
  isFrom(divergence: Place, place: Place): boolean {
    let at: Place | undefined = place;
    while (at !== undefined && at.node !== divergence.node) {
      if (!at.node.startsWith(`${divergence.node}/`)) return false;
      at = this.#begun.get(at.node);
    }
    if (at === undefined) return true;
    if (at.iteration !== divergence.iteration) return at.iteration > divergence.iteration;
    return at.codeBlock >= divergence.codeBlock;
  }
}
