import { appendFile, stat } from 'node:fs/promises';
import { type AssessmentResult, toGitHubAnnotations, toMarkdown } from '@rlm-bridge/assess';
import type { Terminal } from '../terminal/terminal.ts';
import { boundAnnotations, boundSummary } from './github-limits.ts';

/** Annotations on stdout, and, inside a job, the step's summary and its outputs `verdict`, `score` and `cost-usd`. */
export async function reportToGitHub(
  result: AssessmentResult,
  { stdout, env }: Terminal,
  lastOfBase?: AssessmentResult,
): Promise<void> {
  stdout.write(boundAnnotations(toGitHubAnnotations(result)));
  if (env.GITHUB_STEP_SUMMARY) {
    const used = (await stat(env.GITHUB_STEP_SUMMARY).catch(() => null))?.size ?? 0;
    await appendFile(env.GITHUB_STEP_SUMMARY, boundSummary(toMarkdown(result, lastOfBase), used));
  }
  if (!env.GITHUB_OUTPUT) return;
  // A word and two numbers: none can be more than a line.
  const outputs = { verdict: result.verdict, score: leastScore(result), 'cost-usd': result.rlmMetrics.costUsd ?? '' };
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
  await appendFile(env.GITHUB_OUTPUT, lines.join(''));
}

/** The least overall score; empty where a worker has none. */
function leastScore({ workers }: AssessmentResult): number | '' {
  const scores = workers.map(({ overallScore }) => overallScore);
  const known = scores.filter((score) => score !== null);
  return known.length > 0 && known.length === scores.length ? Math.min(...known) : '';
}
