import type { RunStore } from 'rlm-bridge';
import { z } from 'zod';
import { BaselineFindingSchema } from '../api/baseline.ts';
import { AssessError } from '../api/errors.ts';
import type { AssessOptions, Criterion, GatePolicy, VerifierOptions, WorkerSpec } from '../api/options.ts';
import type { AssessmentResult } from '../api/result.ts';
import { AssessmentResultSchema } from '../api/result-schema.ts';
import { DIMENSIONS, NOTHING_TO_JUDGE, SCOPES, Severity, UNSHOWN } from '../api/terms.ts';
import { issuesOf, text, WorkerSchema, workerId } from '../evidence/worker-schema.ts';
import { PRESETS } from '../judge/rubric.ts';

const score = z.number().min(0).max(100);
const amount = z.number().positive().finite();
const whole = z.int().min(1);
const callback = z.custom((value) => typeof value === 'function', 'must be a function');

const CriterionSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be letters, digits and dashes, in lower case'),
  question: text,
  severity: Severity,
  anchors: z.strictObject({ met: text.optional(), notMet: text.optional() }).optional(),
} satisfies Record<keyof Criterion, z.ZodType>);

const Gate = z.strictObject({
  failOn: z.union([Severity, z.literal('never')]).optional(),
  minScore: score.optional(),
  minScores: z.partialRecord(z.enum(DIMENSIONS), score.optional()).optional(),
  minAgreement: whole.optional(),
  scope: z.enum(SCOPES).optional(),
  baseline: z.array(z.union([z.string(), BaselineFindingSchema])).optional(),
  newOnly: z.boolean().optional(),
  allowNewSuppressions: z.boolean().optional(),
  onError: z.enum(['fail', 'pass']).optional(),
  nothingToJudge: z.enum(NOTHING_TO_JUDGE).optional(),
  unshown: z.enum(UNSHOWN).optional(),
} satisfies Record<keyof GatePolicy, z.ZodType>);

/** `judge` holds options of `runRLM`, which checks them; these are the judge's own. */
const OWN = [
  'schema',
  'tools',
  'subTools',
  'requireCoverage',
  'validate',
  'validateTimeoutMs',
  'maxBudgetUsd',
  'signal',
  'onEvent',
  'systemPrompt',
  'store',
  'runId',
];

const model = z.custom(
  (value) => typeof value === 'function' || (typeof value === 'string' && value.trim() !== ''),
  'must be the name of a model, or a function',
);
const record = z.record(z.string(), z.unknown());

/** As a path of a repository is written: what a judge names it by. */
const documentName = z
  .string()
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,500}$/u, 'must have 1 to 500 visible characters')
  .refine(
    (name) => !/^\/|(?:^|\/)\.{1,2}(?:\/|$)|\/$/.test(name),
    'must be a name like docs/rules.md, without . and ..',
  );

const Verifier = z.strictObject({
  model,
  backend: text.optional(),
  apiKey: text.optional(),
  baseUrl: text.optional(),
  backendOptions: record.optional(),
  samplingArgs: record.optional(),
} satisfies Record<keyof VerifierOptions, z.ZodType>);

const STORE_METHODS = ['lease', 'read', 'list', 'readBlob', 'remove'];
const store = z.custom<RunStore>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    STORE_METHODS.every((name) => typeof Reflect.get(value, name) === 'function'),
  'must be a store of runs, as fileStore(folder) gives one',
);

const previous = z.custom<AssessmentResult>(
  (value) => AssessmentResultSchema.safeParse(value).success,
  'must be what assessWorkers of this version resolved with',
);

const Options = z
  .strictObject({
    cwd: text.optional(),
    base: text.optional(),
    criteria: text.optional(),
    outputDir: text.optional(),
    resolve: callback.optional(),
    exclude: z.array(text).optional(),
    notWork: z.array(text).optional(),
    followLinks: z.boolean().optional(),
    maxFiles: whole.optional(),
    maxFileBytes: whole.optional(),
    maxBytes: whole.optional(),
    maxFileChars: whole.optional(),
    rubric: z.array(CriterionSchema).optional(),
    presets: z.array(z.enum(['dry', 'security'])).optional(),
    samples: whole.optional(),
    requireCoverage: z.number().gt(0).max(1).optional(),
    gate: Gate.optional(),
    previous: previous.optional(),
    policyFiles: z.array(text).optional(),
    judge: z
      .record(z.string(), z.unknown())
      .refine((judge) => OWN.every((name) => judge[name] === undefined), `must not have ${OWN.join(', ')}`)
      .optional(),
    verifier: Verifier.optional(),
    concurrency: whole.optional(),
    maxBudgetUsd: amount.optional(),
    maxBudgetUsdPerWorker: amount.optional(),
    reference: z.boolean().optional(),
    context: z.record(documentName, text).optional(),
    incremental: z.boolean().optional(),
    cache: z.union([z.boolean(), z.strictObject({ dir: text })]).optional(),
    store: store.optional(),
    assessmentId: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
        'must have 1 to 64 letters, digits and . _ @ + -, a letter or digit first',
      )
      .optional(),
    signal: z.instanceof(AbortSignal).optional(),
    onEvent: callback.optional(),
  } satisfies Record<keyof AssessOptions, z.ZodType>)
  .refine(({ gate, samples }) => (gate?.minAgreement ?? 1) <= (samples ?? 1), {
    path: ['gate', 'minAgreement'],
    error: 'must be at most samples: no finding could be found more often than that',
  })
  .refine(({ store: runs, assessmentId }) => runs === undefined || assessmentId !== undefined, {
    path: ['assessmentId'],
    error: 'must be given with store',
  })
  .refine(({ store: runs, assessmentId }) => assessmentId === undefined || runs !== undefined, {
    path: ['store'],
    error: 'must be given with assessmentId',
  });

/** @throws {AssessError} naming everything that is wrong; nothing was started then. */
export function validateAssessOptions(workers: unknown, options: unknown): void {
  const issues = [
    ...issuesOf(z.array(z.union([workerId, WorkerSchema])), workers, 'workers'),
    ...issuesOf(Options, options, 'options'),
  ];
  if (issues.length > 0) throw new AssessError('invalid_options', `${issues.join(' ')} Nothing was judged.`);
  const ids = (workers as (string | WorkerSpec)[]).map((worker) => (typeof worker === 'string' ? worker : worker.id));
  if (ids.length === 0)
    throw new AssessError('no_workers', 'There is no worker to judge: the list is empty. Name one.');
  const twice = ids.filter((one, index) => ids.indexOf(one) !== index);
  if (twice.length > 0) {
    const names = [...new Set(twice)].join(', ');
    throw new AssessError('duplicate_worker', `More than one worker is called ${names}. Give each an id of its own.`);
  }
  const { rubric = [], presets = [] } = options as AssessOptions;
  requireUnique([...rubric, ...presets.flatMap((preset) => PRESETS[preset])].map((criterion) => criterion.id));
}

function requireUnique(names: readonly string[]): void {
  const twice = names.filter((one, index) => names.indexOf(one) !== index);
  if (twice.length > 0) {
    const advice = 'Give each question an id of its own';
    throw new AssessError('invalid_options', `In the rubric twice: ${twice.join(', ')}. ${advice}.`);
  }
}
