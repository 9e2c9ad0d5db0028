/** Texts that a terminal or the log of a CI system obeys, by who does. None has a slash: each can be a file's name. */
export const OBEYED: readonly (readonly [by: string, text: string])[] = [
  ['GitHub, a notice', '::notice title=rlm assess::PASS'],
  ['GitHub, indented', ' \t::error::forged'],
  ['GitHub, after a line break', 'x\n::error::forged'],
  ['GitHub, after a carriage return', 'x\r::error::forged'],
  ['GitHub, no more commands', '::stop-commands::token'],
  ['GitHub, the older form', 'x ##[error]forged'],
  ['GitHub, a group', '##[group]PASS'],
  ['Azure', 'x ##vso[task.setvariable variable=verdict]pass'],
  ['Azure, three signs', '###vso[task.complete result=Succeeded]'],
  ['TeamCity', "##teamcity[buildStatus status='SUCCESS']"],
  ['GitLab', 'section_start:1560896352:verdict[collapsed=true]\r\u001b[0KPASS'],
  ['a terminal, color', '\u001b[32mPASS'],
  ['a terminal, the line taken away', '\u001b[2K\rPASS'],
  ['a terminal, C1', '\u009b2KPASS'],
  ['a terminal, a link', '\u001b]8;;http:example.com\u0007PASS\u001b]8;;\u0007'],
  ['a terminal, its title', '\u001b]0;PASS\u0007'],
  ['a terminal, a bell', 'PASS\u0007'],
  ['a terminal, a backspace', 'FAIL\b\b\b\bPASS'],
  ['a reader, another line', 'x\u2028rlm assess: PASS'],
  ['a reader, right to left', 'x\u202eSSAP'],
  ['a reader, isolates', '\u2066x\u2069\u2067y'],
  ['a reader, zero width', 'PA\u200bSS\u200d\ufeff'],
  ['a reader, tags', 'x\u{e0041}\u{e0042}'],
];

/** At the beginning of a line, and characters anywhere. */
const IN_A_FILE = [/^\s*::.*?::/m, /[\p{Cf}\p{Zl}\p{Zp}]/u, /(?!\n|\t)\p{Cc}/u];
const IN_A_LOG = [...IN_A_FILE, /\s::[\w-]+[^:]*::/, /##\w*\[/, /section_(?:start|end):\d/];

/** What of an output would be obeyed, or nearly. */
export function obeyedIn(output: string): string[] {
  return IN_A_LOG.flatMap((pattern) => pattern.exec(output)?.[0] ?? []);
}

/** The same of a file, whose format says where a text begins and ends: by whoever prints it line by line. */
export function obeyedInFile(text: string): string[] {
  return IN_A_FILE.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}
