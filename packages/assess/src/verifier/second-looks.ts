import { isInstance } from '@rlm-bridge/callbacks';
import pMap from 'p-map';
import { WorkerError } from '../api/errors.ts';
import type { AssessEvent } from '../api/events.ts';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS, type VerifierOptions } from '../api/options.ts';
import type { Verification } from '../api/verification.ts';
import type { AssessmentErrorInfo, Finding } from '../api/worker-assessment.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import { charsOf } from '../judge/context.ts';
import { judgementKey, workKey } from '../judge/judgement-key.ts';
import { KeptJson } from '../judge/kept-json.ts';
import type { KeptRuns } from '../judge/kept-runs.ts';
import type { MetricsFold } from '../judge/metrics.ts';
import type { Purse } from '../judge/purse.ts';
import { type Claim, contextOfClaim } from './claim.ts';
import { lookOnce } from './look-once.ts';
import { type Look, LookSchema, VERIFIER_QUERY, VERIFIER_QUERY_VERSION } from './query.ts';
import { verifierModel, verifierOptions } from './verifier-options.ts';

/** Second looks at one worker that are taken at once. */
const AT_ONCE = 4;

/** What the second looks of one worker have in common. */
export interface Looking {
  workerId: string;
  documents: readonly EvidenceDocument[];
  purse: Purse;
  /** Null: its runs are kept nowhere. */
  kept: KeptRuns | null;
  signal: AbortSignal;
  /** What an error is to the worker. */
  explain: (error: unknown) => AssessmentErrorInfo;
}

type Looked = Claim & Pick<Finding, 'id'>;

/** What is the call's. */
interface Surroundings {
  criteria: readonly Criterion[];
  metrics: MetricsFold;
  emit: (event: AssessEvent) => void;
}

/** The second model of a call: asked once about each claim, however many workers have the finding. */
export class SecondLooks {
  /** Name of the model; `''` where there is none. */
  readonly model: string;
  readonly #missing: WorkerError | null = null;
  readonly #options: ReturnType<typeof verifierOptions>;
  readonly #cache: AssessOptions['cache'];
  readonly #call: Surroundings;
  /** Answers that are there or on their way, by what is asked. */
  readonly #asked = new Map<string, Promise<Verification>>();

  /** @throws {AssessError} `invalid_options` */
  constructor(verifier: VerifierOptions, { judge, cache }: AssessOptions, call: Surroundings) {
    this.#options = verifierOptions(verifier, judge);
    this.#cache = cache;
    this.#call = call;
    let model = '';
    try {
      model = verifierModel(this.#options);
    } catch (error) {
      if (!isInstance(error, WorkerError)) throw error;
      this.#missing = error;
    }
    this.model = model;
  }

  /** @throws {WorkerError} `no_model`: nothing is judged that could not be verified. */
  requireModel(): void {
    if (this.#missing !== null) throw this.#missing;
  }

  /** Looks at findings of a worker, each by its id. Never rejects: what befalls it is in the verification. */
  async take(findings: readonly Looked[], looking: Looking) {
    const looked = await pMap(findings, async (one) => [one.id, await this.#lookAt(one, looking)] as const, {
      concurrency: AT_ONCE,
    });
    return new Map(looked);
  }

  async #lookAt(finding: Looked, looking: Looking): Promise<Verification> {
    const { workerId } = looking;
    const verification = await this.#verify(finding, looking).catch((error): Verification => {
      return this.#failed(looking.explain(error).message, 0);
    });
    this.#call.emit({ type: 'verification.completed', workerId, findingId: finding.id, verification });
    return verification;
  }

  async #verify(finding: Looked, looking: Looking): Promise<Verification> {
    const { documents, signal } = looking;
    const context = await contextOfClaim(finding, documents, this.#call.criteria, signal);
    if (context === null) return this.#failed('its lines are not in the evidence any more', 0);
    const work = await workKey({ context, query: VERIFIER_QUERY }, signal);
    const asked = this.#asked.get(work);
    if (asked !== undefined) {
      const verification = await asked;
      // Whoever asked first was aborted, or had no money left, and this one may have.
      if (verification.outcome !== 'failed') return { ...verification, costUsd: 0 };
    }
    const answer = this.#ask(finding.id, { work, context }, looking);
    this.#asked.set(work, answer);
    return await answer;
  }

  async #ask(
    findingId: string,
    { work, context }: { work: string; context: Record<string, string> },
    looking: Looking,
  ): Promise<Verification> {
    const kept = this.#keptOf(work);
    const before = (await kept?.get(LookSchema)) ?? null;
    if (before !== null) return { model: this.model, ...before, costUsd: 0 };
    const { look, error, costUsd } = await lookOnce({
      ...looking,
      findingId,
      work,
      context,
      chars: charsOf(context),
      query: VERIFIER_QUERY,
      options: this.#options,
      metrics: this.#call.metrics,
      emit: this.#call.emit,
    });
    if (look === null) return this.#failed(error, costUsd);
    await kept?.put(look);
    return { model: this.model, ...look, costUsd };
  }

  /** Under the options of the verifier, whoever judged. */
  #keptOf(work: string): KeptJson<Look> | null {
    if (this.#cache === false) return null;
    const by = {
      queryVersion: VERIFIER_QUERY_VERSION,
      samples: 1,
      requireCoverage: DEFAULT_ASSESS_OPTIONS.requireCoverage,
      judge: this.#options,
      env: process.env,
    };
    const key = judgementKey(work, by);
    return key === null ? null : new KeptJson(key, typeof this.#cache === 'object' ? this.#cache.dir : undefined);
  }

  #failed(reason: string, costUsd: number | null): Verification {
    return { model: this.model, outcome: 'failed', reason, costUsd };
  }
}
