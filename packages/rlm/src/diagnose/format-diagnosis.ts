import type { RLMDiagnosis } from './diagnosis.ts';

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
  const failed = checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
  return [...lines, ok ? 'Runs can go ahead.' : `Runs cannot go ahead: ${failed.join(', ')}.`].join('\n');
}
