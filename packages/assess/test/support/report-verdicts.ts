/** The verdict as each report alone tells it, by the format's name on the command line. */
export const VERDICT_IN = {
  sarif: (text) => JSON.parse(text).properties.verdict,
  junit: (text) => {
    const verdicts = [...text.matchAll(/<property name="verdict" value="(\w+)"/g)].map(([, verdict]) => verdict);
    const [, failures, errors] = /<testsuites [^>]*failures="(\d+)" errors="(\d+)"/.exec(text) ?? [];
    return worst(
      Number(failures) > 0,
      Number(errors) > 0,
      verdicts.every((verdict) => verdict === 'nothing_to_judge'),
    );
  },
  md: (text) => namedIn(text.replaceAll('&#58;', ':')),
  json: (text) => JSON.parse(text).verdict,
  gitlab: (text) => {
    const checks: string[] = JSON.parse(text).map((issue: { check_name: string }) => issue.check_name);
    const isEmpty = checks.length > 0 && checks.every((name) => name === 'rlm-verdict-nothing_to_judge');
    return worst(checks.includes('rlm-verdict-fail'), checks.includes('rlm-verdict-inconclusive'), isEmpty);
  },
  rdjson: (text) => {
    const codes: string[] = JSON.parse(text).diagnostics.map((one: { code: { value: string } }) => one.code.value);
    const verdicts = codes.filter((code) => code.startsWith('rlm-verdict-'));
    const isEmpty = verdicts.every((code) => code === 'rlm-verdict-nothing_to_judge');
    return worst(verdicts.includes('rlm-verdict-fail'), verdicts.includes('rlm-verdict-inconclusive'), isEmpty);
  },
} satisfies Record<string, (text: string) => string>;

/** The verdict in the line that is for people. */
export function namedIn(text: string): string {
  return /rlm assess: ([A-Z]+(?: [A-Z]+)*)/.exec(text)?.[1]?.toLowerCase().replaceAll(' ', '_') ?? 'none';
}

function worst(failed: boolean, inconclusive: boolean, isEmpty: boolean): string {
  if (failed) return 'fail';
  if (inconclusive) return 'inconclusive';
  return isEmpty ? 'nothing_to_judge' : 'pass';
}
