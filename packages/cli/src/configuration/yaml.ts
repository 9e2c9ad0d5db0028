/** The value of a text in YAML, or in JSON; what reads it is loaded when there is one. */
export async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(text);
}
