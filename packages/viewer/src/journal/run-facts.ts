import type { RLMRecordedModel, RLMRecordedOptions, RLMRecordedVersions } from 'rlm-bridge/journal';

type Fact = [name: string, value: string];

/** What a run was run by: versions. */
export function versionFacts(versions: RLMRecordedVersions): Fact[] {
  return [
    ['rlm-bridge', versions.package],
    ['rlms', versions.rlms],
    ['Python', versions.python],
    ['prompts', String(versions.prompts)],
    ['prices', versions.priceTable],
  ];
}

/** What a run was run with: the options that are not the default. */
export function optionFacts(spec: Omit<RLMRecordedOptions, 'query' | 'session'>): Fact[] {
  const { environmentOptions, limits, answer, tools } = spec;
  return [
    ...modelFacts('root model', spec.rootModel),
    ...modelFacts('sub model', spec.subModel),
    ['strategy', spec.strategy],
    ...entries('environment', environmentOptions),
    ['iterations at most', String(limits.maxIterations)],
    ['sub-calls at most', String(limits.maxSubCalls)],
    ['sub-calls at once', String(limits.maxConcurrentSubCalls)],
    ...given('depth at most', limits.maxDepth === 1 ? null : limits.maxDepth),
    ...given('errors at most', limits.maxErrors),
    ...given('answers with one fault at most', limits.maxRefusals ?? null),
    ...given('answer', answer.schema === null ? null : 'typed'),
    ...given('answers judged', answer.check ? 'by the caller' : null),
    ...given('coverage required', answer.requireCoverage),
    ...given('sub-calls', answer.typedSubCalls ? 'typed' : null),
    ...given('compaction', spec.compaction ? 'on' : null),
    ...given('prompt caching', spec.promptCaching ? 'on' : null),
    ...given('tools', tools.length === 0 ? null : tools.map(({ name }) => name).join(', ')),
    ...given('official log', spec.logDir),
  ];
}

function modelFacts(which: string, { backend, model, baseUrl, samplingArgs }: RLMRecordedModel): Fact[] {
  const at = baseUrl === null ? '' : ` at ${baseUrl}`;
  return [[which, `${model} (${backend}${at})`], ...entries(which, samplingArgs)];
}

function entries(of: string, values: { [name: string]: unknown }): Fact[] {
  return Object.entries(values).map(([name, value]) => [`${of}: ${name}`, shown(value)]);
}

function given(name: string, value: string | number | null): Fact[] {
  return value === null ? [] : [[name, String(value)]];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
