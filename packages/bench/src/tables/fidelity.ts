import { shapeOf } from '../compare.ts';
import { DEVIATIONS, SUB_MODEL_SERVES } from '../deviations.ts';
import { checkFidelity, type Fidelity, type Where } from '../fidelity.ts';
import { Official } from '../official.ts';
import { officialImage } from '../official-image.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { table } from '../table.ts';

// `pnpm bench fidelity [local|docker]`: what ours and the official library send and answer for the same scripted models.

const environments = process.argv.length > 2 ? process.argv.slice(2) : ['local', 'docker'];
const HEADER = ['scenario', 'who', 'answer', 'iterations', 'requests', 'tokens', 'seconds', 'shape', 'difference'];
const ALLOWED = [...DEVIATIONS, SUB_MODEL_SERVES].map(({ name }) => name).join('; ');
const differences: string[] = [];

await using official = new Official();
for (const environment of environments) {
  if (environment !== 'local' && environment !== 'docker') throw new Error(`no such environment: ${environment}`);
  const where: Where = environment === 'docker' ? { environment, image: await officialImage() } : { environment };
  const rows: string[][] = [];
  for (const scenario of SCENARIOS) {
    const fidelity = await checkFidelity(scenario, official, where);
    rows.push(...rowsOf(fidelity));
    const { difference } = fidelity.comparison;
    if (difference)
      differences.push(`${scenario.name}\n  ours: ${clip(difference.ours)}\n  official: ${clip(difference.official)}`);
  }
  console.log(`\n${environment}\n\n${table(HEADER, rows)}`);
}
console.log(`\nAllowed differences, documented in the worker's deviations.py: ${ALLOWED}`);
if (differences.length > 0) console.log(`\nDifferences that nothing explains:\n${differences.join('\n')}`);
process.exitCode = differences.length === 0 ? 0 : 1;

function rowsOf({ scenario, ours, official, comparison }: Fidelity): string[][] {
  const { difference, deviations } = comparison;
  const { result } = ours;
  const answer = result.success ? result.answer : `(${result.stopReason}) ${result.partialAnswer ?? ''}`;
  const found = difference
    ? `request ${difference.request}, message ${difference.message}`
    : deviations.map(({ name }) => name).join(', ') || 'none';
  return [
    [scenario.name, 'ours', answer, String(result.iterations), ...figures(ours), found],
    ['', 'official', official.result.answer, String(official.result.iterations), ...figures(official), ''],
  ];
}

function figures({ requests, tokens, seconds }: Pick<Fidelity['ours'], 'requests' | 'tokens' | 'seconds'>): string[] {
  return [String(requests.length), String(tokens), seconds.toFixed(2), shapeOf(requests)];
}

function clip(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 80)} … ${text.slice(-80)}` : text);
}
