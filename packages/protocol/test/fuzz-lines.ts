import { readVectors } from './vectors.ts';

/** Numbers from 0 to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** JSON texts that stand where they should not. */
const ODD_JSON = [
  'null',
  'true',
  '-1',
  '1e400',
  '9007199254740993',
  '-0',
  '""',
  '"\\ud800"',
  '[]',
  '{}',
  '{"__proto__":{"x":1}}',
  '{"type":"run.completed"}',
  `"${'x'.repeat(300_000)}"`,
  '"\\u0000"',
  '[[[[[[[[[[]]]]]]]]]]',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
];

type Random = () => number;
const pick = <T>(items: readonly T[], next: Random): T => items[Math.floor(next() * items.length)] as T;

/** One change of a line that was right, as bytes. */
const MUTATIONS: ((line: string, next: Random) => Uint8Array | string)[] = [
  (line) => line,
  (line, next) => line.slice(0, next() * line.length),
  (line, next) => line.slice(next() * line.length),
  (line, next) => splice(line, next, pick(['"', '}', '{', '\\', '\n', ',', '\u2028', '\0', '1', 'e'], next)),
  (line, next) => splice(line, next, pick(ODD_JSON, next)),
  (line, next) => replaceValue(line, next, pick(ODD_JSON, next)),
  (line, next) => replaceValue(line, next, pick(ODD_JSON, next)),
  (line, next) => replaceValue(line, next, pick(ODD_JSON, next)),
  (line, next) =>
    line.replace(/"type":"[^"]*"/, `"type":${pick([...ODD_JSON, '"newer.message"', '"constructor"'], next)}`),
  (line, next) =>
    `${line.slice(0, -1)},${JSON.stringify(pick(['__proto__', 'constructor', 'extra', 'type', 'id'], next))}:1}`,
  (line, next) => flip(Buffer.from(line), next),
  (line) => line + line,
  () => '',
];

/** Lines of a worker, most of them wrong in one way: bytes with their line end. */
export function* fuzzLines(seed: number, count: number, types: ReadonlySet<string>): Generator<Uint8Array, void> {
  const next = random(seed);
  const right = readVectors('accept')
    .filter(({ type }) => types.has(type))
    .map(({ json }) => JSON.stringify(json));
  for (let n = 0; n < count; n++) {
    yield Buffer.concat([Buffer.from(pick(MUTATIONS, next)(pick(right, next), next)), Buffer.from('\n')]);
  }
}

function splice(line: string, next: Random, text: string): string {
  const at = Math.floor(next() * line.length);
  return line.slice(0, at) + text + line.slice(at + Math.floor(next() * 3));
}

function replaceValue(line: string, next: Random, json: string): string {
  const members = [...line.matchAll(/"[A-Za-z]+":("(?:[^"\\]|\\.)*"|-?[0-9.e+-]+|true|false|null)/g)];
  const member = pick(members, next);
  if (member === undefined) return line;
  const start = member.index + member[0].length - (member[1] ?? '').length;
  return line.slice(0, start) + json + line.slice(member.index + member[0].length);
}

function flip(bytes: Buffer, next: Random): Uint8Array {
  const at = Math.floor(next() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8));
  return bytes;
}
