import type { Script } from '@rlm-bridge/fake-provider';

/** One scripted run: everything that ours and the official library are given alike. */
export interface Scenario {
  readonly name: string;
  readonly context: string | readonly string[] | Readonly<Record<string, string>>;
  readonly query: string;
  readonly rootModel: string;
  /** Default: the root model. */
  readonly subModel?: string;
  readonly maxIterations: number;
  readonly maxDepth?: number;
  readonly compaction?: boolean;
  /** A fresh script for each run, since scripts may keep state. */
  readonly script: () => Script;
}

const WORDS = 'amber birch cedar delta ember fjord grove heath inlet jetty knoll larch marsh nadir ochre'.split(' ');

/** About `chars` characters of numbered lines, the same every time. */
export function filler(chars: number): string {
  const lines: string[] = [];
  for (let size = 0, n = 0; size < chars; n += 1) {
    const line = `${n}: ${WORDS[n % 15]} ${WORDS[(n * 7) % 15]} ${WORDS[(n * 11) % 15]} stands at the ${n % 97}th mile`;
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join('\n').slice(0, chars);
}
