/** The name of a call where it is called one: `43` of `call-43`. */
export function callWord(name: string): string {
  return name.replace(/^call-(?=\d+$)/, '');
}

/** The beginning of what a model wrote, without the signs around its code. */
export function withoutFences(head: string): string {
  return head.replaceAll(/```\w*\s*/g, '');
}

/** What calls cost whose price is known. */
export function knownUsdOf(calls: readonly { costUsd: number | null }[]): number {
  return calls.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
}
