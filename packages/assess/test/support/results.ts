import type { GatePolicy } from '../../src/api/options.ts';
import type { AssessmentResult } from '../../src/api/result.ts';
import type { Dimension, Level } from '../../src/api/terms.ts';
import type { Finding, WorkerAssessment } from '../../src/api/worker-assessment.ts';
import { withFingerprints } from '../../src/findings/fingerprint.ts';
import { applyGate } from '../../src/verdict/apply-gate.ts';
import { applyDefaults } from '../../src/verdict/verdict.ts';

/** A finding; what is not given is of no matter. */
export function finding(given: Partial<Finding> = {}): Finding {
  const plain: Finding = {
    id: '',
    severity: 'high',
    category: 'security',
    rule: 'sql-injection',
    message: 'Input reaches the query.',
    file: 'src/db.ts',
    startLine: 3,
    endLine: 3,
    startColumn: 1,
    endColumn: 25,
    quote: 'db.query("select " + id)',
    verified: true,
    tolerated: [],
    agreement: 1,
    worstSeverity: given.severity ?? 'high',
    change: 'added',
    origin: 'introduced',
    lines: [],
    beside: [],
    since: null,
    suppression: null,
    verification: null,
    known: false,
    gating: false,
    doubt: null,
    ...given,
  };
  return withFingerprints([plain])[0] ?? plain;
}

/** One level for each dimension that has one. */
export function gradesOf(levels: Partial<Record<Dimension, Level | Level[]>>): WorkerAssessment['grades'] {
  const of = (name: Dimension) => {
    const given = [levels[name] ?? []].flat().map((level) => ({ level, reason: 'It is so.' }));
    return { given, missing: given.length === 0 ? 'There is no evidence for it.' : null };
  };
  return {
    codeQuality: of('codeQuality'),
    completeness: of('completeness'),
    security: of('security'),
    gitHygiene: of('gitHygiene'),
  };
}

export function worker(given: Partial<WorkerAssessment> = {}): WorkerAssessment {
  const reasons = {
    codeQuality: 'good: fits',
    completeness: 'No criteria.',
    security: 'good: safe',
    gitHygiene: 'good',
  };
  return {
    workerId: 'auth',
    verdict: 'inconclusive',
    reason: '',
    overallScore: 80,
    codeQuality: 80,
    completeness: null,
    security: 80,
    gitHygiene: 80,
    scoreReasons: { overallScore: 'The weighted mean.', ...reasons },
    grades: gradesOf({ codeQuality: 'good', security: 'good', gitHygiene: 'good' }),
    findings: [],
    provenance: {
      source: 'branch',
      path: '/src/project',
      branch: 'refs/heads/auth',
      base: '1'.repeat(40),
      head: '2'.repeat(40),
      dirty: false,
    },
    suppressions: [],
    gone: [],
    rubric: [],
    summary: 'It did what was asked.',
    evidence: {
      files: 2,
      chars: 1000,
      coverage: 1,
      omitted: [],
      documents: ['src/db.ts', 'b.ts'],
      unread: [],
      partial: [],
      renames: [],
    },
    samples: 1,
    verifier: null,
    nothingToJudge: null,
    policyChanges: [],
    excusable: false,
    ...given,
  };
}

/** A result with its verdict reached by the gate. */
export function resultOf(workers: WorkerAssessment[], gate: GatePolicy = {}): AssessmentResult {
  const findings = { totalIssues: 0, criticalIssues: 0, commonPatterns: [], recommendations: [] };
  const tokens = { calls: 3, inputTokens: 9, outputTokens: 9, cachedInputTokens: 0, cacheWriteTokens: 0 };
  const finishReasons = { stop: 3, length: 0, refused: 0, empty: 0, broken: 0, unsupported: 0 };
  const usage = { ...tokens, reasoningTokens: 0, finishReasons, byModel: {} };
  const earlier = { runs: 0, calls: 0, costUsd: 0 };
  const result: AssessmentResult = {
    success: true,
    verdict: 'inconclusive',
    reason: '',
    gate: applyDefaults(gate),
    workers,
    aggregateFindings: findings,
    rlmMetrics: {
      iterations: 2,
      subCalls: 1,
      costUsd: 0.01,
      durationMs: 5,
      usage,
      environments: ['docker'],
      cachedWorkers: 0,
      readings: { kept: 0, made: 0 },
      earlier,
    },
  };
  return applyGate(result, gate);
}

/** More workers than one file of SARIF may hold. */
export const MANY_WORKERS = resultOf(
  Array.from({ length: 45 }, (_, n) => worker({ workerId: `w${n}`, findings: [finding()] })),
);
