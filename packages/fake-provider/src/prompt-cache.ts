import { createHash } from 'node:crypto';

/** Tokens of a prompt that were read from the cache, and that were written to it. */
export interface CacheUse {
  readonly read: number;
  readonly written: number;
}

interface Block {
  readonly role: string;
  readonly text: string;
  readonly cached: boolean;
}

const MAX_BREAKPOINTS = 4;
/** Positions that are looked at for each mark, its own the first. */
const LOOKBACK_BLOCKS = 20;
const CHARS_PER_TOKEN = 4;

/** Shortest prefix, in tokens, that a model caches; from Anthropic's page on prompt caching. */
const MIN_TOKENS: readonly [RegExp, number][] = [
  [/claude-haiku-4-5|claude-opus-4-[56]/, 4096],
  [/claude-opus-4-7/, 2048],
  [/./, 1024],
];

/**
 * Anthropic's prompt cache: a request's `cache_control` marks write the prefix up to them, and a later request reads the
 * longest prefix that ends at one of its own marks or at most 19 blocks before. Nothing expires.
 */
export class PromptCache {
  readonly #written = new Set<string>();

  /** What a request reads and writes, or why the API refuses it. */
  use(body: Record<string, unknown>): CacheUse | string {
    const model = String(body.model);
    const prefixes = prefixesOf(model, blocksOf(body));
    const marks = prefixes.flatMap(({ cached }, index) => (cached ? [index] : []));
    if (marks.length > MAX_BREAKPOINTS)
      return `A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`;
    const reachable = marks.flatMap((mark) => prefixes.slice(Math.max(0, mark + 1 - LOOKBACK_BLOCKS), mark + 1));
    const read = Math.max(0, ...reachable.filter(({ hash }) => this.#written.has(hash)).map(({ tokens }) => tokens));
    const least = MIN_TOKENS.find(([pattern]) => pattern.test(model))?.[1] ?? 0;
    const writes = marks
      .map((mark) => prefixes[mark])
      .filter((prefix) => prefix !== undefined && prefix.tokens >= least);
    for (const prefix of writes) if (prefix !== undefined) this.#written.add(prefix.hash);
    return { read, written: Math.max(0, (writes.at(-1)?.tokens ?? 0) - read) };
  }
}

function prefixesOf(model: string, blocks: readonly Block[]) {
  const hash = createHash('sha256').update(model);
  let chars = 0;
  return blocks.map(({ role, text, cached }) => {
    hash.update(JSON.stringify([role, text]));
    chars += text.length;
    return { hash: hash.copy().digest('hex'), tokens: Math.floor(chars / CHARS_PER_TOKEN), cached };
  });
}

/** The blocks of a request in the order in which they are cached. */
function blocksOf(body: Record<string, unknown>): Block[] {
  const messages = body.messages as { role: string; content: unknown }[];
  const turns = [{ role: 'system', content: body.system }, ...messages];
  const blocks = turns.flatMap(({ role, content }) => contentBlocks(content).map((block) => ({ role, ...block })));
  // A mark on the request itself stands on its last block.
  return blocks.map((block, index) =>
    'cache_control' in body && index === blocks.length - 1 ? { ...block, cached: true } : block,
  );
}

function contentBlocks(content: unknown): Omit<Block, 'role'>[] {
  if (typeof content === 'string') return [{ text: content, cached: false }];
  if (!Array.isArray(content)) return [];
  return content.map((block: object) => ({
    text: 'text' in block ? String(block.text) : '',
    cached: 'cache_control' in block,
  }));
}
