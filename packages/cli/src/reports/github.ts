import { stat } from 'node:fs/promises';
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
  // Imported where it is wanted: it reads the variables of a job when it is loaded.
  const core = await import('@actions/core');
  if (env.GITHUB_STEP_SUMMARY) {
    const used = (await stat(env.GITHUB_STEP_SUMMARY).catch(() => null))?.size ?? 0;
    await core.summary.addRaw(boundSummary(toMarkdown(result, lastOfBase), used)).write();
  }
  if (!env.GITHUB_OUTPUT) return;
  core.setOutput('verdict', result.verdict);
  core.setOutput('score', leastScore(result));
  core.setOutput('cost-usd', result.rlmMetrics.costUsd ?? '');
}

/** The least overall score; empty where a worker has none. */
function leastScore({ workers }: AssessmentResult): number | '' {
  const scores = workers.map(({ overallScore }) => overallScore);
  const known = scores.filter((score) => score !== null);
  return known.length > 0 && known.length === scores.length ? Math.min(...known) : '';
}
