/** Providers of the AI SDK that the genai-prices table has under another id. */
const IDS: Record<string, string> = {
  'amazon-bedrock': 'aws',
  bedrock: 'aws',
  'azure-openai': 'azure',
  moonshot: 'moonshotai',
  togetherai: 'together',
  vertex: 'google',
  xai: 'x-ai',
};

/** Gateways say who serves in the model's name, as `anthropic/claude-…`. */
const GATEWAYS = ['gateway', 'vercel'];

/**
 * Whose prices hold, by an AI SDK model's `provider`, as `anthropic.messages`: its first part, as the table has it. A
 * provider that the table does not have keeps its name, and so has no price: nobody else's is taken for it.
 */
export function priceProviderOf(provider: string): string | undefined {
  const [first = ''] = provider.split('.');
  return GATEWAYS.includes(first) || first === '' ? undefined : (IDS[first] ?? first);
}
