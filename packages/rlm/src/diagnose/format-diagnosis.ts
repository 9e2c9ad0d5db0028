import type { RLMCheckDetails, RLMDiagnosis } from './diagnosis.ts';

const INDENT = 4;

/** A diagnosis as plain lines: a check a line, with what to do below it, and a last line that sums up. */
export function formatDiagnosis({ ok, checks }: RLMDiagnosis): string {
  const widest = (texts: string[]) => Math.max(0, ...texts.map((text) => text.length));
  const [statusWidth, nameWidth] = [widest(checks.map(({ status }) => status)), widest(checks.map(({ name }) => name))];
  const lines = checks.flatMap(({ name, status, summary, advice }) => [
    `${status.padEnd(statusWidth)}  ${name.padEnd(nameWidth)}  ${summary}`,
    ...(advice ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ' '.repeat(INDENT) + line),
  ]);
  return [...lines, ok ? `Runs can go ahead.${withWhat(checks)}` : missing(checks)].join('\n');
}

/** What failed, with the command that mends it: once, where it mends several. */
function missing(checks: RLMDiagnosis['checks']): string {
  const failed = checks.filter(({ status }) => status === 'failed');
  const isFirst = (command: string, index: number) => failed.findIndex((other) => other.command === command) === index;
  const named = failed.map(({ name, command }, index) =>
    command !== undefined && isFirst(command, index) ? `${name} (${command})` : name,
  );
  return `Runs cannot go ahead: ${named.join(', ')}.`;
}

/** Without a default backend a run must be told with what to go ahead. */
function withWhat(checks: RLMDiagnosis['checks']): string {
  const keys = checks.find(({ name }) => name === 'keys')?.details as RLMCheckDetails['keys'] | null | undefined;
  const isNamed = checks.some(({ name, details }) => name === 'models' && details !== null);
  if (isNamed || keys == null || keys.defaultBackend !== null) return '';
  const named = [...keys.keyVariables, ...keys.baseUrlVariables];
  const others = `a function as the model, backend 'ollama', or backend 'offline', which is no model`;
  if (named.length === 0) return ` No key is set, so only with ${others}.`;
  return ` Only with a backend that is named: that of ${named.join(' or ')}; else with ${others}.`;
}
