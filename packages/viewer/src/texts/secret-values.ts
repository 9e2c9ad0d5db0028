/** Names of variables whose values are secret. */
const SECRET_NAME = /key|token|secret|password|credential|auth|cookie/i;

/** A shorter value stands in ordinary texts, too. */
const LEAST_CHARS = 8;

/** Takes the secrets of an environment out of texts that were read from elsewhere than a journal, which has none. */
export function withoutSecrets(env: NodeJS.ProcessEnv): (text: string) => string {
  const values = Object.entries(env)
    .flatMap(([name, value]) => (value !== undefined && SECRET_NAME.test(name) ? [value] : []))
    .filter((value) => value.length >= LEAST_CHARS)
    .sort((one, other) => other.length - one.length);
  return (text) => values.reduce((rest, value) => rest.replaceAll(value, '[redacted]'), text);
}
