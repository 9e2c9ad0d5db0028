import { SarifRuleBuilder } from 'node-sarif-builder';
import type { Severity } from '../api/terms.ts';
import type { CriterionOutcome, Finding } from '../api/worker-assessment.ts';
import { loudnessOf, oneLine } from './common.ts';
import { escapeMarkdown } from './markdown.ts';

// What a reader of SARIF is told of a rule, whatever was found under it.

export const URL_OF_TOOL = 'https://www.npmjs.com/package/@rlm-bridge/assess';
/** GitHub's scale of 0 to 10. */
const SECURITY_SEVERITY: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' };

/** A rule for each name, described by its worst finding, and by its question where it is one of the caller's rubric. */
export function rulesOf(findings: readonly Finding[], rubric: readonly CriterionOutcome[]): SarifRuleBuilder[] {
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  return [...byRule].map(([rule, [first, ...others]]) => {
    const worst = others.reduce((a, b) => (rank(b) > rank(a) ? b : a), first as Finding);
    const builder = new SarifRuleBuilder();
    const question = rubric.find(({ id }) => id === rule)?.question;
    const found = `found by a language model that reviewed the change, in the category ${worst.category}.`;
    const text = question === undefined ? `${rule}: ${found}` : sentence(oneLine(question));
    builder.initSimple({ ruleId: rule, shortDescriptionText: text, fullDescriptionText: text, helpUri: URL_OF_TOOL });
    const asked = question === undefined ? text : `The question: ${text} ${rule}: ${found}`;
    const help = `${asked} Read the quoted lines before you act on it: the quote is verified, the judgement is a model's.`;
    builder.rule.name = nameOf(rule);
    builder.rule.help = { text: help, markdown: escapeMarkdown(help) };
    builder.rule.properties = {
      precision: worst.verified ? 'medium' : 'low',
      'problem.severity': loudnessOf(worst) === 'error' ? 'error' : 'warning',
      ...(worst.category === 'security' && { 'security-severity': SECURITY_SEVERITY[worst.severity] }),
      tags: [worst.category],
    };
    return builder;
  });
}

function rank({ severity }: Finding): number {
  return Number(SECURITY_SEVERITY[severity]);
}

function nameOf(rule: string): string {
  return rule.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** With the period that readers of SARIF ask for. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
