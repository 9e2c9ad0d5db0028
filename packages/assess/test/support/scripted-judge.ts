import { type ModelRequest, repl, type Script } from '@rlm-bridge/fake-provider';
import type { Level } from '../../src/api/terms.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';

/** A document as it reached a model. */
export interface SeenDocument {
  name: string;
  kind: string;
  lines: { number: number; mark: string; text: string }[];
}

/** What a scripted sub-model finds in a document. */
export type Review = (document: SeenDocument) => Partial<JudgeFinding>[];

/** The root's program: every document goes to a sub-model, whole; their findings are the answer's. */
export const READ_ALL = 'texts = llm_query_batched(["Review this document.\\n" + text for text in context.values()])';

export interface JudgeScript {
  review?: Review;
  level?: Level;
  outcomes?: (criterion: string, findings: 'findings') => string;
  /** The root's first turn, in place of reading all. */
  read?: string;
  /** The answer as a Python expression over `answer_value`, a dict. Default: itself. */
  give?: string;
  /** Time each sub-call takes, in milliseconds. */
  delayMs?: number;
}

/**
 * A judge by rules: the root sends every document to the sub-model, which applies `review` to what it really got; the
 * answer is made of that. A criterion is met unless a finding names it.
 */
export function scriptedJudge(script: JudgeScript = {}): Script {
  const { review = () => [], level = 'good', read = READ_ALL, give = 'answer_value', delayMs } = script;
  return (request) => {
    if (request.kind === 'prompt') {
      const document = readDocument(request.text);
      const findings = review(document).map((one) => ({ ...DEFAULT_FINDING, file: document.name, ...one }));
      const text = JSON.stringify(findings);
      return delayMs === undefined ? text : { text, delayMs };
    }
    const { dimensions, criteria } = askedFor(request);
    const code = `import json
${read}
findings = [one for text in globals().get("texts", []) for one in json.loads(text)]
grade = {"level": ${JSON.stringify(level)}, "reason": "By the rules of the script."}
missed = {one["rule"] for one in findings}
answer_value = {
    "dimensions": {name: grade for name in ${JSON.stringify(dimensions)}},
    "criteria": {
        name: {"outcome": "not_met" if name in missed else "met", "reason": "By the findings."}
        for name in ${JSON.stringify(criteria)}
    },
    "findings": findings,
    "summary": "The script has read it.",
}
answer["content"] = ${give}
answer["ready"] = True`;
    return repl(code);
  };
}

/** What a finding is where the script does not say. */
export const DEFAULT_FINDING = {
  severity: 'high',
  category: 'code',
  rule: 'defect',
  message: 'This is wrong.',
  startLine: 1,
  endLine: 1,
};

/** The dimensions and criteria that the query names. */
export function askedFor({ messages }: ModelRequest): { dimensions: string[]; criteria: string[] } {
  const query = messages.map(({ content }) => content).join('\n');
  const names = (title: string) => {
    const section = new RegExp(`^${title}:\\n((?:- .*\\n?)+)`, 'm').exec(query)?.[1] ?? '';
    return [...section.matchAll(/^- ([\w-]+):/gm)].map(([, name = '']) => name);
  };
  return { dimensions: names('Dimensions'), criteria: names('Criteria') };
}

/** Reads a document out of a prompt by its seal and gutters: what is not behind a gutter is no evidence. */
export function readDocument(prompt: string): SeenDocument {
  const [, kind = '', name = '""'] = /^\[evidence [0-9a-f]{16} begins: (\w+), ("(?:[^"\\]|\\.)*")/m.exec(prompt) ?? [];
  const lines = [...prompt.matchAll(/^ *(\d*) ([+ -]) \| (.*)$/gm)].map(([, number, mark = ' ', text = '']) => ({
    number: Number(number),
    mark,
    text,
  }));
  return { kind, name: JSON.parse(name), lines };
}

/** A review that finds every line that matches, at its place. */
export function finds(pattern: RegExp, given: Partial<JudgeFinding>, where = 'file'): Review {
  return ({ lines, kind }) =>
    lines
      .filter(({ text }) => kind === where && pattern.test(text))
      .map(({ number, text }) => ({ ...given, startLine: number, endLine: number, quote: text }));
}

export const together =
  (...reviews: Review[]): Review =>
  (document) =>
    reviews.flatMap((review) => review(document));
