/** The vendor whose API a request is in. */
export type WireFormat = 'openai' | 'anthropic' | 'gemini';

/** Which vendor's API a path belongs to. */
export function wireFormatOf(path: string): WireFormat {
  if (path.includes('/messages')) return 'anthropic';
  return path.includes(':generateContent') || path.includes(':streamGenerateContent') ? 'gemini' : 'openai';
}
