import type { Message, ModelRequest } from '@rlm-bridge/fake-provider';
import { DEVIATIONS, type Deviation, SUB_MODEL_SERVES } from './deviations.ts';

/** The first place where two runs sent different messages. */
export interface Difference {
  /** Position in {@link inOrder}, from 0. */
  readonly request: number;
  /** Position in the request's messages; -1 when the request's model, or its presence, differs. */
  readonly message: number;
  readonly ours: string;
  readonly official: string;
}

export interface Comparison {
  /** Documented deviations that were met. */
  readonly deviations: readonly Deviation[];
  /** The first difference that no deviation explains. */
  readonly difference: Difference | null;
}

/** Requests in an order that does not depend on which of several parallel sub-calls came first. */
export function inOrder(requests: readonly ModelRequest[]): ModelRequest[] {
  const ordered: ModelRequest[] = [];
  let batch: ModelRequest[] = [];
  const flush = () => {
    ordered.push(...batch.sort((a, b) => (a.text < b.text ? -1 : 1)));
    batch = [];
  };
  for (const request of requests) {
    if (request.kind === 'prompt') {
      batch.push(request);
    } else {
      flush();
      ordered.push(request);
    }
  }
  flush();
  return ordered;
}

/** Compares all messages of all requests of two runs. */
export function compare(oursSent: readonly ModelRequest[], officialSent: readonly ModelRequest[]): Comparison {
  const ours = inOrder(oursSent);
  const official = inOrder(officialSent);
  const met = new Set<Deviation>();
  for (let request = 0; request < Math.max(ours.length, official.length); request += 1) {
    const difference = compareRequests(ours[request], official[request], met);
    if (difference !== null) return { deviations: [...met], difference: { request, ...difference } };
  }
  return { deviations: [...met], difference: null };
}

function compareRequests(
  ours: ModelRequest | undefined,
  official: ModelRequest | undefined,
  met: Set<Deviation>,
): Omit<Difference, 'request'> | null {
  if (ours === undefined || official === undefined) {
    return { message: -1, ours: ours?.kind ?? 'no request', official: official?.kind ?? 'no request' };
  }
  if (ours.model !== official.model) {
    if (!isSubCall(ours)) return { message: -1, ours: ours.model, official: official.model };
    met.add(SUB_MODEL_SERVES);
  }
  for (let message = 0; message < Math.max(ours.messages.length, official.messages.length); message += 1) {
    const sides = { ours: show(ours.messages[message]), official: show(official.messages[message]) };
    if (sides.ours !== sides.official && !isExplained(sides, met)) return { message, ...sides };
  }
  return null;
}

function isExplained(sides: Pick<Difference, 'ours' | 'official'>, met: Set<Deviation>): boolean {
  let { ours, official } = sides;
  for (const deviation of DEVIATIONS) {
    const without = { ours: deviation.without(ours), official: deviation.without(official) };
    if (without.ours !== ours || without.official !== official) met.add(deviation);
    ({ ours, official } = without);
    if (ours === official) return true;
  }
  return false;
}

const isSubCall = ({ isChild, kind }: ModelRequest) => isChild || kind === 'prompt';

const show = (message: Message | undefined) => (message ? `${message.role}: ${message.content}` : 'no message');

/** A run's shape in a few characters: `t` a root turn, `c` a child's, `p8` eight plain prompts, `s` a summary, `d` a default answer. */
export function shapeOf(requests: readonly ModelRequest[]): string {
  const letters = requests.map(({ kind, isChild }) => {
    if (kind === 'turn') return isChild ? 'c' : 't';
    return { compaction: 's', default_answer: 'd', prompt: 'p' }[kind];
  });
  return letters.join(' ').replaceAll(/p( p)+/g, (run) => `p${(run.length + 1) / 2}`);
}
