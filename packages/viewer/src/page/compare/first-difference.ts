import type { TextRef } from '../../model/texts.ts';
import type { Route } from '../routes/route.ts';
import type { ShownRun } from '../state/run-context.ts';

/** Where two runs part: what each of them has there. */
export interface Difference {
  where: string;
  a: TextRef | null;
  b: TextRef | null;
  /** The place in each run; null: it has none. */
  routes: [Route | null, Route | null];
}

/** Something that both runs may have, in the order in which it happened. */
interface Step {
  key: string;
  where: string;
  text: TextRef | null;
  route: Route;
  /** Whether the run tells it: of a call that a fork took over it may not. */
  isTold: boolean;
}

/** The first thing that is not the same in two runs; null: everything that both tell is. */
export async function firstDifference(a: ShownRun, b: ShownRun, signal: AbortSignal): Promise<Difference | null> {
  const left = stepsOf(a);
  const right = stepsOf(b);
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const one = left[place];
    const other = right[place];
    const isTold = one?.isTold !== false && other?.isTold !== false;
    const isSame =
      one?.key === other?.key && (!isTold || (await haveSameText(a, one?.text ?? null, b, other?.text ?? null)));
    signal.throwIfAborted();
    if (isSame) continue;
    const where =
      one && other && one.key !== other.key ? `${one.where}; in the other run: ${other.where}` : (one ?? other)?.where;
    return {
      where: where ?? '',
      a: one?.text ?? null,
      b: other?.text ?? null,
      routes: [one?.route ?? null, other?.route ?? null],
    };
  }
  return null;
}

async function haveSameText(a: ShownRun, one: TextRef | null, b: ShownRun, other: TextRef | null): Promise<boolean> {
  if (!one || !other) return one === other;
  if (one.chars !== other.chars || one.head !== other.head) return false;
  const [text, otherText] = await Promise.all([a.reader.read(one), b.reader.read(other)]);
  return text === otherText;
}

/** What a run did, text by text. */
function stepsOf({ id, view, index }: ShownRun): Step[] {
  const summary: Route = { page: 'run', run: id, section: 'summary' };
  const steps: Step[] = [];
  const add = (key: string, where: string, text: TextRef | null, route: Route, isTold = true) =>
    steps.push({ key, where, text, route, isTold });
  add('query', 'What was asked', view.head.query, summary);
  for (const iteration of view.iterations) {
    const { node, number } = iteration;
    const route: Route = { page: 'iteration', run: id, node, number };
    const name = `iteration ${number}${node === '0' ? '' : ` of ${node}`}`;
    const key = `${node} ${number}`;
    add(key, `What the model wrote in ${name}`, iteration.response, route);
    for (const block of index.blocksOf(iteration)) {
      const blockName = `code block ${block.number + 1} of ${name}`;
      const blockKey = `${key} ${block.number}`;
      add(blockKey, `Code: ${blockName}`, block.code, route);
      for (const [place, call] of index.callsOf(block).entries()) {
        const callRoute: Route = { page: 'call', run: id, call: call.name };
        const callName = `sub-call ${place + 1} of ${blockName}`;
        const prompt = call.prompt.at(-1)?.text ?? null;
        const isOwn = call.outcome !== 'replayed';
        add(`${blockKey} ${place} prompt`, `Prompt of ${callName}`, prompt, callRoute, isOwn || prompt !== null);
        add(`${blockKey} ${place} reply`, `Reply to ${callName}`, call.reply, callRoute, isOwn || call.reply !== null);
      }
      add(`${blockKey} output`, `Output of ${blockName}`, block.stdout, route);
      add(`${blockKey} errors`, `Errors of ${blockName}`, block.stderr, route);
    }
  }
  add('answer', 'The answer', view.head.end?.answer ?? null, summary);
  return steps;
}
