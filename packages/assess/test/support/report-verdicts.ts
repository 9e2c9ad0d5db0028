/** The verdict as each report alone tells it, by the format's name on the command line. */
export const VERDICT_IN = {
  sarif: (text) => JSON.parse(text).properties.verdict,
  junit: (text) => {
    const [, failures, errors] = /<testsuites [^>]*failures="(\d+)" errors="(\d+)"/.exec(text) ?? [];
    return worst(Number(failures) > 0, Number(errors) > 0);
  },
  md: (text) => namedIn(text.replaceAll('&#58;', ':')),
  json: (text) => JSON.parse(text).verdict,
  gitlab: (text) => {
    const checks: string[] = JSON.parse(text).map((issue: { check_name: string }) => issue.check_name);
    return worst(checks.includes('rlm-verdict-fail'), checks.includes('rlm-verdict-inconclusive'));
  },
  rdjson: (text) => namedIn(JSON.parse(text).source.name),
} satisfies Record<string, (text: string) => string>;

/** The verdict in the line that is for people. */
export function namedIn(text: string): string {
  return /rlm assess: ([A-Z]+)/.exec(text)?.[1]?.toLowerCase() ?? 'none';
}

function worst(failed: boolean, inconclusive: boolean): string {
  if (failed) return 'fail';
  return inconclusive ? 'inconclusive' : 'pass';
}
