import type { GatePolicy } from '../api/options.ts';
import { decisiveFindings, type Ungated } from '../verdict/verdict.ts';
import type { Looking, SecondLooks } from './second-looks.ts';

/** A worker whose decisive findings a second model was asked about. `looking` null: there is no evidence, and no finding. */
export async function withSecondLooks(
  assessed: Ungated,
  looks: SecondLooks,
  gate: GatePolicy | undefined,
  looking: Looking | null,
): Promise<Ungated> {
  const asked = { ...assessed, verifier: looks.model };
  const decisive = decisiveFindings(asked, gate);
  if (decisive.length === 0 || looking === null) return asked;
  const verifications = await looks.take(decisive, looking);
  const findings = asked.findings.map((finding) => ({
    ...finding,
    verification: verifications.get(finding.id) ?? null,
  }));
  return { ...asked, findings };
}
