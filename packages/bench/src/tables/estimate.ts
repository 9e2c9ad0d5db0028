import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EstimateFigures, measureEstimate, type Range } from '../estimate.ts';
import { table } from '../table.ts';

// `npm run bench -- estimate [folder:base..head …]`: what --dry-run says, beside what a run sends. A folder is a git
// repository, bare or not. Without one: the last commits of this project.

const HERE = fileURLToPath(new URL('../../../..', import.meta.url));
const OWN = ['HEAD~1..HEAD', 'HEAD~5..HEAD', 'HEAD~25..HEAD'].map((range) => `${HERE}:${range}`);
const given = process.argv.slice(2);
const rows: string[][] = [];
for (const range of (given.length > 0 ? given : OWN).map(rangeOf))
  rows.push(rowOf(range, await measureEstimate(range)));

const HEAD = ['repository', 'range', 'texts', 'estimated in', 'sent in', 'error', 'o200k', 'error', 'estimated out'];
console.log(
  'Tokens of `rlm assess` with a scripted judge that reads everything once; error: of the estimate’s lower end.',
);
console.log(`The provider bills a token for four characters; o200k: the same texts in OpenAI’s vocabulary.\n`);
console.log(table([...HEAD, 'sent out', 'within'], rows));

function rangeOf(argument: string): Range {
  const [, folder, base, head] = /^(.+):([^:]+?)\.\.([^:]+)$/.exec(argument) ?? [];
  if (folder === undefined || base === undefined || head === undefined) {
    throw new Error(`${argument}: name a repository and a range of its commits, as ../cobra:v1.9.0..v1.9.1`);
  }
  // pnpm runs this in the package's folder; npm says where the caller stands.
  return { repository: resolve(process.env.INIT_CWD ?? '.', folder), base, head };
}

function rowOf({ repository, base, head }: Range, figures: EstimateFigures): string[] {
  const { texts, estimated, sent, outputTokens } = figures;
  const { least, most } = estimated.outputTokens;
  const error = (real: number) => `${((estimated.inputTokens.least / real - 1) * 100).toFixed(1)} %`;
  return [
    basename(repository.replace(/\/(?:repo|\.git)$/, '')),
    `${base}..${head}`,
    String(texts),
    `${estimated.inputTokens.least} to ${estimated.inputTokens.most}`,
    String(sent.billedTokens),
    error(sent.billedTokens),
    String(sent.tokens),
    error(sent.tokens),
    `${least} to ${most}`,
    String(outputTokens),
    outputTokens >= least && outputTokens <= most ? 'yes' : 'no',
  ];
}
