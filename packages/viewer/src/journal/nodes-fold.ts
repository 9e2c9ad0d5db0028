import type { NodeView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import { NOTHING, type SpentCall, SpentSum } from './spent-sum.ts';
import { ViewList } from './view-list.ts';

/** The root's path. */
export const ROOT = '0';

interface Sums {
  place: number;
  own: SpentSum;
  whole: SpentSum;
}

/** Folds which RLMs there are, and what each spent. */
export class NodesFold {
  readonly list = new ViewList<NodeView>();
  readonly #sums = new Map<string, Sums>();

  /** Takes note of an RLM. Where it was begun may be told after it has begun. */
  begin(path: string, at: number, from: NodeView['from'] = null): void {
    const known = this.#sums.get(path);
    if (known !== undefined) {
      if (from !== null) this.list.change(known.place, { from });
      return;
    }
    const parts = path.split('/');
    const place = this.list.add({
      ...{ path, parent: path === ROOT ? null : parts.slice(0, -1).join('/'), from, depth: parts.length - 1 },
      ...{ model: '', query: null, answer: null, startedAt: at, endedAt: null, own: NOTHING, whole: NOTHING },
    });
    this.#sums.set(path, { place, own: new SpentSum(), whole: new SpentSum() });
  }

  change(path: string, fields: Partial<Pick<NodeView, 'model' | 'query' | 'answer' | 'endedAt'>>): void {
    const sums = this.#sums.get(path);
    if (sums !== undefined) this.list.change(sums.place, fields);
  }

  answerOf(path: string): TextRef | null {
    const sums = this.#sums.get(path);
    return (sums && this.list.at(sums.place)?.answer) ?? null;
  }

  /** A call of a node ended, which counts there and in all above. */
  spend(path: string, call: SpentCall): void {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const sums = this.#sums.get(at);
      if (sums === undefined) continue;
      sums.whole.add(call);
      if (at === path) sums.own.add(call);
      this.list.change(sums.place, { own: sums.own.spent, whole: sums.whole.spent });
    }
  }

  /** Children that have no end of their own have that of the code block in which they were begun. */
  endChildren(parent: string, iteration: number, codeBlock: number, at: number): void {
    this.list.items.forEach(({ endedAt, from, ...node }, place) => {
      const isHere = node.parent === parent && from?.iteration === iteration && from.codeBlock === codeBlock;
      if (isHere && endedAt === null) this.list.change(place, { endedAt: at });
    });
  }
}
