import { z } from 'zod';
import type {
  CalibratedJudge,
  CalibrationChanges,
  CalibrationResult,
  FindingRates,
  LookCounts,
  MissedDefect,
  Proportion,
  StrayFinding,
  Suggestion,
} from './calibration.ts';
import { MetricsSchema } from './result-schema.ts';
import { Severity } from './terms.ts';

// The checks of what a file holds. What each field means stands with the types.

const share = z.number().min(0).max(1).nullable();

const ProportionSchema: z.ZodType<Proportion> = z.strictObject({
  hits: z.int().min(0),
  of: z.int().min(0),
  value: share,
  low: share,
  high: share,
});

const rates = { recall: ProportionSchema, precision: ProportionSchema };
const FindingRatesSchema: z.ZodType<FindingRates> = z.strictObject(rates);

const place = {
  work: z.string(),
  rule: z.string(),
  severity: Severity,
  file: z.string(),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
};
const StrayFindingSchema: z.ZodType<StrayFinding> = z.strictObject({
  ...place,
  message: z.string(),
  agreement: z.int().min(1),
});
const MissedDefectSchema: z.ZodType<MissedDefect> = z.strictObject(place);

const JudgeSchema: z.ZodType<CalibratedJudge> = z.strictObject({
  rootModel: z.string(),
  subModel: z.string(),
  verifier: z.string().nullable(),
  samples: z.int().min(1),
  incremental: z.boolean(),
  rubric: z.array(z.string()),
  rubricHash: z.string(),
  queryVersion: z.int(),
});

const ChangesSchema: z.ZodType<CalibrationChanges> = z.strictObject({
  judge: z.array(z.string()),
  sameLabels: z.boolean(),
  figures: z.array(z.strictObject({ name: z.string(), before: ProportionSchema, now: ProportionSchema })),
});

const LookCountsSchema: z.ZodType<LookCounts> = z.strictObject({
  confirmed: z.int(),
  refuted: z.int(),
  cannot_say: z.int(),
  failed: z.int(),
});

function suggestion<T>(value: z.ZodType<T>): z.ZodType<Suggestion<T>> {
  return z.strictObject({ value: value.nullable(), reason: z.string() }) as z.ZodType<Suggestion<T>>;
}

const kappa = z.number().max(1).nullable();

/** What `calibrate` resolves with, for zod: checks a calibration that was kept in a file. */
export const CalibrationResultSchema: z.ZodType<CalibrationResult> = z.strictObject({
  version: z.literal(1),
  judge: JudgeSchema,
  labels: z.strictObject({
    defects: z.int(),
    clean: z.int(),
    works: z.int(),
    unjudged: z.array(z.strictObject({ work: z.string(), reason: z.string() })),
    hash: z.string(),
  }),
  overall: FindingRatesSchema,
  rules: z.array(z.strictObject({ ...rates, rule: z.string() })),
  severities: z.array(z.strictObject({ ...rates, severity: Severity })),
  unverified: z.int(),
  agreement: z
    .strictObject({
      findings: kappa,
      subjects: z.int(),
      levels: z.strictObject({ codeQuality: kappa, completeness: kappa, security: kappa, gitHygiene: kappa }),
    })
    .nullable(),
  scores: z.strictObject({
    bins: z.array(z.strictObject({ from: z.number(), to: z.number(), sound: ProportionSchema })),
    ranking: share,
  }),
  verifier: z.strictObject({ defects: LookCountsSchema, falseFindings: LookCountsSchema }).nullable(),
  thresholds: z.strictObject({
    targetPrecision: z.number(),
    rule: z.string(),
    failOn: suggestion(Severity),
    minAgreement: suggestion(z.int()),
    minScore: suggestion(z.number()),
  }),
  falseFindings: z.array(StrayFindingSchema),
  missed: z.array(MissedDefectSchema),
  unlabelled: z.array(StrayFindingSchema),
  changes: ChangesSchema.nullable(),
  rlmMetrics: MetricsSchema,
});

/** JSON Schema (draft 2020-12) of {@link CalibrationResult}. */
export const calibrationResultJsonSchema: z.core.ZodStandardJSONSchemaPayload<typeof CalibrationResultSchema> =
  z.toJSONSchema(CalibrationResultSchema);
