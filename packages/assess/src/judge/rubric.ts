import type { AssessOptions, Criterion, RubricPreset } from '../api/options.ts';
import type { Category, Dimension, Level } from '../api/terms.ts';
import type { DocumentKind } from '../evidence/document.ts';

interface DimensionRubric {
  question: string;
  /** What it cannot be judged without; each must be there. */
  needs: readonly DocumentKind[];
  category: Category;
  /** Its share of the overall score; the shares of the dimensions that have a score are made to add up to 1. */
  weight: number;
  anchors: Record<'excellent' | 'acceptable' | 'unacceptable', string>;
}

/** What is judged of every worker. */
export const DIMENSION_RUBRIC: Record<Dimension, DimensionRubric> = {
  codeQuality: {
    question: 'Is the changed code correct, and does it fit the code around it?',
    needs: ['file'],
    category: 'code',
    weight: 0.35,
    anchors: {
      excellent: 'correct in every case the change can meet; uses what is there; errors handled; nothing to simplify',
      acceptable: 'works in the usual cases; some duplication, unclear names or an unhandled unlikely case',
      unacceptable: 'wrong in a usual case, loses data, or copies code that exists instead of calling it',
    },
  },
  completeness: {
    question: 'Is every acceptance criterion met, and shown by a test?',
    needs: ['criteria', 'file'],
    category: 'completeness',
    weight: 0.3,
    anchors: {
      excellent: 'every criterion is met and has a test that could fail',
      acceptable: 'every criterion is met; a test is missing or weak',
      unacceptable: 'a criterion is not met, or is only claimed',
    },
  },
  security: {
    question: 'Does the change keep data, secrets and users safe?',
    needs: ['file'],
    category: 'security',
    weight: 0.25,
    anchors: {
      excellent: 'input is validated where it enters, nothing secret is in the code, no new way in',
      acceptable: 'no weakness that can be used; a check could be stricter',
      unacceptable: 'a secret in the code, injection, missing authorisation, or another weakness that can be used',
    },
  },
  gitHygiene: {
    question: 'Do the commits tell what was done, and hold nothing else?',
    needs: ['commits'],
    category: 'git',
    weight: 0.1,
    anchors: {
      excellent: 'each commit is one step and its message says why; no unrelated file',
      acceptable: 'messages are short but true; steps are mixed',
      unacceptable: 'messages mislead, or files that do not belong are committed',
    },
  },
};

/** The score of a level. */
export const LEVEL_SCORES: Record<Level, number> = {
  excellent: 95,
  good: 80,
  acceptable: 65,
  poor: 40,
  unacceptable: 15,
};

/** The most a dimension can score with a verified finding of its category. */
export const FINDING_CAPS: Record<'critical' | 'high' | 'medium' | 'low', number> = {
  critical: 20,
  high: 50,
  medium: 80,
  low: 95,
};

export const PRESETS: Record<RubricPreset, readonly Criterion[]> = {
  dry: [
    {
      id: 'no-duplicated-code',
      question:
        'Is every function, constant and pattern of the changed files defined once? Compare the files with each other.',
      severity: 'high',
      anchors: {
        met: 'what two places need is in one place that both use',
        notMet: 'the same helper or block, names aside, is in two or more places; one finding for each of them',
      },
    },
  ],
  security: [
    {
      id: 'no-secrets',
      question: 'Is the change free of keys, passwords, tokens and private data, in code, tests, logs and history?',
      severity: 'critical',
    },
    {
      id: 'no-injection',
      question: 'Does no input reach a query, a command, a path, a template or HTML without being bound or escaped?',
      severity: 'critical',
    },
    {
      id: 'authorised',
      question: 'Does every new way to read or change data check who asks?',
      severity: 'high',
    },
    {
      id: 'safe-dependencies',
      question: 'Is everything new that is downloaded, run or depended on pinned, and needed?',
      severity: 'medium',
    },
  ],
};

/** All questions of a call: the caller's own, and those of the presets. */
export function criteriaOf({ rubric = [], presets = [] }: Pick<AssessOptions, 'rubric' | 'presets'>): Criterion[] {
  return [...rubric, ...presets.flatMap((preset) => PRESETS[preset])];
}
