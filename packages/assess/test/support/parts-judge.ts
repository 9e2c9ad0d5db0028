import { type ModelRequest, repl, type Script } from '@rlm-bridge/fake-provider';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { askedFor, DEFAULT_FINDING, type Review, readDocument, type SeenDocument } from './scripted-judge.ts';

/** What a scripted judge finds in the lines of several files that it is shown together. */
export type Across = (sides: readonly { file: string; lines: SeenDocument['lines'] }[]) => Partial<JudgeFinding>[];

export interface PartsScript {
  /** What is found in one document of a part. */
  review?: Review;
  /** What is found in a pair. */
  across?: Across;
  /** What a reading leaves open. */
  open?: (documents: readonly SeenDocument[]) => string[];
}

const GRADE = { level: 'good', reason: 'By the rules of the script.' };
/** As long as a summary of a real part. */
const SUMMARY = 'Holds functions that others use, with their names and what they take from others. '.repeat(4).trim();

/** Whether a request is one prompt with the whole context. */
export function isDirect({ messages }: ModelRequest): boolean {
  return messages[1]?.content.startsWith('<document') ?? false;
}

/** Whether a request asks for the reading of a part. */
export function isReading({ messages }: ModelRequest): boolean {
  return messages.some(({ content }) => /^(?:Answer the following: )?You review a part of the work/m.test(content));
}

/** The documents that one prompt holds. */
export function documentsOf({ messages }: ModelRequest): SeenDocument[] {
  const text = messages.map(({ content }) => content).join('\n');
  return text
    .split(/(?=^\[evidence [0-9a-f]{16} begins: )/m)
    .slice(1)
    .map(readDocument);
}

/** A judge of works in parts, by rules over what it really got: in one prompt, or by sub-calls. */
export function partsJudge(script: PartsScript = {}): Script {
  return (request) => {
    if (request.kind === 'prompt') return JSON.stringify(documentsOf(request).flatMap((one) => foundIn(one, script)));
    const isPart = isReading(request);
    const { dimensions, criteria } = askedFor(request);
    if (!isDirect(request)) return repl(programOf(dimensions, criteria, isPart));
    const documents = documentsOf(request);
    const findings = documents.flatMap((one) => foundIn(one, script));
    const missed = new Set(findings.map(({ rule }) => rule));
    const outcome = (id: string) => ({ outcome: missed.has(id) ? 'not_met' : 'met', reason: 'By the findings.' });
    return JSON.stringify({
      dimensions: Object.fromEntries(dimensions.map((name) => [name, GRADE])),
      criteria: Object.fromEntries(criteria.map((id) => [id, outcome(id)])),
      findings,
      summary: SUMMARY,
      ...(isPart && { open: script.open?.(documents) ?? [] }),
    });
  };
}

function foundIn(document: SeenDocument, { review = () => [], across = () => [] }: PartsScript) {
  const found = document.kind === 'pair' ? across(sidesOf(document)) : review(document);
  return found.map((one) => ({ ...DEFAULT_FINDING, file: document.name, ...one }));
}

/** The lines of each file in a pair: a line without number and mark names the file of those that follow. */
export function sidesOf({ lines }: SeenDocument): { file: string; lines: SeenDocument['lines'] }[] {
  const sides: { file: string; lines: SeenDocument['lines'] }[] = [];
  for (const line of lines) {
    if (line.number === 0 && line.mark === ' ') sides.push({ file: line.text, lines: [] });
    else sides.at(-1)?.lines.push(line);
  }
  return sides;
}

function programOf(dimensions: readonly string[], criteria: readonly string[], isPart: boolean): string {
  return `import json
texts = llm_query_batched(["Review this document.\\n" + text for text in context.values()])
findings = [one for text in texts for one in json.loads(text)]
missed = {one["rule"] for one in findings}
answer_value = {
    "dimensions": {name: ${JSON.stringify(GRADE)} for name in ${JSON.stringify(dimensions)}},
    "criteria": {
        name: {"outcome": "not_met" if name in missed else "met", "reason": "By the findings."}
        for name in ${JSON.stringify(criteria)}
    },
    "findings": findings,
    "summary": ${JSON.stringify(SUMMARY)},
}
${isPart ? 'answer_value["open"] = []' : ''}
answer["content"] = answer_value
answer["ready"] = True`;
}
