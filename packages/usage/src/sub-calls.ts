/** Whether a call was made from a REPL, at any depth: all but the root node's own turns. */
export function isSubCall({ role, depth }: { role: string; depth: number }): boolean {
  return depth > 0 || role === 'llm_query' || role === 'child' || role === 'leaf';
}
