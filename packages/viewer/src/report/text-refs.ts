import type { TextRef } from '../model/texts.ts';

/** Every text that an outline names, each once, in the order of their ids. */
export function textRefsOf(outline: unknown): TextRef[] {
  const found = new Map<number, TextRef>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isTextRef(value)) found.set(value.id, value);
    else for (const inner of Object.values(value)) look(inner);
  };
  look(outline);
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function isTextRef(value: object): value is TextRef {
  return 'chars' in value && 'head' in value && 'id' in value && typeof value.id === 'number';
}
