import { expect, test } from 'vitest';
import type { Tolerance } from '../../src/api/terms.ts';
import { type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { type CheckedFinding, FindingVerifier } from '../../src/findings/verify-findings.ts';

// How judges quote: what is the right line all the same, and what is not.

const SOURCE = `import { connect } from "./db.js";

export async function login(request, response) {
  const apiKey = "sk-live-4f9a8b7c6d5e";
  const user = await connect(apiKey);
  const rows = await user.query("select * from users where name = '" + request.body.name + "'");
  if (rows.length === 0 && request.body.admin !== true) {
    response.status(403).json({ error: "no such user", path: "C:\\\\users\\\\" });
    return;
  }
  response.json(rows);
}

export const limit = 100;`.split('\n');
const FILE: EvidenceDocument = { name: 'src/login.js', kind: 'file', facts: [], lines: plainLines(SOURCE, '+') };
const OTHER: EvidenceDocument = { ...FILE, name: 'src/other.js', lines: plainLines(['export const other = 1;'], '+') };

function quoted(quote: string, given: Partial<JudgeFinding> = {}): CheckedFinding | undefined {
  const place = { file: 'src/login.js', startLine: 4, endLine: 4 };
  const labels = { severity: 'critical', category: 'security', rule: 'r', message: 'm' } as const;
  return new FindingVerifier([FILE, OTHER]).verify({ ...labels, ...place, quote, ...given });
}

const KEY = SOURCE[3] ?? '';
const QUERY = SOURCE[5] ?? '';

test.each<[string, string, Tolerance[], number?]>([
  ['a mask of asterisks', 'const apiKey = "****";', ['mask']],
  ['a mask of a part', 'const apiKey = "sk-live-************";', ['mask']],
  ['a mask with both ends', 'const apiKey = "sk-l****6d5e";', ['mask']],
  ['a mask in angle brackets', 'const apiKey = "<redacted>";', ['mask']],
  ['a mask in square brackets', 'const apiKey = "[REDACTED]";', ['mask']],
  ['a mask that says what it hides', 'const apiKey = "[REDACTED API KEY]";', ['mask']],
  ['a mask that names a key', 'const apiKey = "<API_KEY>";', ['mask']],
  ['a mask of x', 'const apiKey = "sk-live-xxxxxxxxxxxx";', ['mask']],
  ['a mask of X', 'const apiKey = "XXXXXXXX";', ['mask']],
  ['a mask of dots', 'const apiKey = "••••••••";', ['mask']],
  ['a bare word for a mask', 'const apiKey = "REDACTED";', ['mask']],
  ['an ellipsis in a key', 'const apiKey = "sk-live-…";', ['elision']],
  ['three dots in a key', 'const apiKey = "sk-l...6d5e";', ['elision']],
  ["the diff's plus", `+${KEY}`, ['diff-sign']],
  ['a plus and a blank', `+ ${KEY.trim()}`, ['diff-sign']],
  ['a mark of a quotation', `> ${KEY.trim()}`, ['diff-sign']],
  ['a header of the patch', `@@ -0,0 +4,1 @@\n+${KEY}`, ['diff-sign']],
  ['a code fence', `\`\`\`js\n${KEY}\n\`\`\``, ['code-fence']],
  ['a fence around a masked line', `\`\`\`\n${KEY.replace(/"sk.*"/, '"***"')}\n\`\`\``, ['code-fence', 'mask']],
  ['backticks', `\`${KEY.trim()}\``, ['code-fence']],
  ['quotes around it', `"${KEY.trim()}"`, ['code-fence']],
  ['the gutter 4:', `4: ${KEY}`, ['gutter']],
  ['the gutter 4 |, which is like ours', `4 | ${KEY}`, []],
  ['the gutter of a tool that draws', `> 4 │ ${KEY}`, ['gutter']],
  ['the gutter L4:', `L4: ${KEY}`, ['gutter']],
  ['the gutter of grep', `src/login.js:4:${KEY}`, ['gutter']],
  ['the gutter of cat -n', `     4\t${KEY}`, ['gutter']],
  ['the gutter with an arrow', `     4→${KEY}`, ['gutter']],
  ['our gutter and a mask', `      4 + |   const apiKey = "***";`, ['mask']],
  ['two elided lines', 'const apiKey = "sk-live-4f9a8b7c6d5e";\n...\nresponse.status(403)', ['elision']],
  [
    'a comment for lines left out',
    'export async function login(request, response) {\n  // ...\n  const rows',
    ['elision'],
    3,
  ],
  [
    'words for lines left out',
    'const user = await connect(apiKey);\n# ... more code ...\nif (rows.length',
    ['elision'],
    5,
  ],
  ['dots in brackets', 'const user = await [...]\n  const rows = await user.query(', ['elision'], 5],
  ['an elision at both ends', '… user.query("select * from users …', ['elision'], 6],
  ['a line that was wrapped', QUERY.replace(' + ', '\n      + '), [], 6],
  ['a line wrapped in a word', `${QUERY.slice(0, 33)}\n      ${QUERY.slice(33)}`, ['white-space'], 6],
  ['blanks put in', 'const apiKey="sk-live-4f9a8b7c6d5e" ;', ['white-space']],
  ['JSON escapes', JSON.stringify(QUERY).slice(1, -1), ['escapes'], 6],
  ['JSON escapes over two lines', JSON.stringify(`${KEY}\n${SOURCE[4]}`), ['escapes']],
  ['HTML entities', 'if (rows.length === 0 &amp;&amp; request.body.admin', ['escapes'], 7],
  ['backslashes undoubled', 'path: "C:\\users\\"', ['escapes'], 8],
  ['smart quotes', 'const apiKey = “sk-live-4f9a8b7c6d5e”;', ['typography']],
  ['other quotes', "const apiKey = 'sk-live-4f9a8b7c6d5e';", ['typography']],
  ['a hyphen that is a dash', 'const apiKey = "sk–live–4f9a8b7c6d5e";', ['typography']],
  ['a blank that does not break', 'const\u00a0apiKey\u00a0= "sk-live-4f9a8b7c6d5e";', []],
  ['letters with nothing between them', 'const api\u200bKey = "sk-live-4f9a8b7c6d5e";', ['invisible-characters']],
])('the right line quoted with %s is verified, and what was tolerated is recorded', (_, quote, tolerated, line = 4) => {
  const { verified, startLine, tolerated: recorded } = quoted(quote, { startLine: line, endLine: line }) ?? {};
  expect({ quote, verified, startLine }).toEqual({ quote, verified: true, startLine: line });
  expect(tolerated.every((one) => recorded?.includes(one))).toBe(true);
  if (tolerated.length === 0) expect(recorded).toEqual([]);
});

test.each<[string, string, Partial<JudgeFinding>?]>([
  ['a mask alone', '***'],
  ['a mask in quotes', '"***";'],
  ['dots alone', '...'],
  ['an elision alone', '// ...'],
  ['too little around a mask', 'x = "***"'],
  ['a masked line that is not there', 'const password = "****";'],
  ['a masked line of another name', 'const apiToken = "****";'],
  ['a masked line far from the one that is named', 'const apiKey = "****";', { startLine: 14 }],
  ['a masked line of another file', 'const apiKey = "****";', { file: 'src/other.js' }],
  ['lines in another order', 'response.status(403)\n...\nconst apiKey = "sk-live-4f9a8b7c6d5e";'],
  ['a mask that would have to hide lines', 'const apiKey = "***response.json(rows);'],
  ['words around nothing', 'the function login … returns a row'],
  ['an elision over what is far away', 'const apiKey = …\nno such line here'],
  ['another letter case', 'CONST APIKEY = "SK-LIVE-4F9A8B7C6D5E";'],
  ['another value', 'const apiKey = "sk-live-000000000000";'],
  ['the line of a file that is not there', KEY, { file: 'src/gone.js' }],
  ['nothing but signs', '+ { } ;'],
])('not verified: %s', (_, quote, given = {}) => {
  expect(quoted(quote, given)).toMatchObject({ verified: false, tolerated: [] });
});

test('a quote without gaps that stands elsewhere is moved there, whatever was tolerated', () => {
  expect(quoted(`+ ${KEY.trim()}`, { startLine: 12, endLine: 12 })).toMatchObject({ verified: true, startLine: 4 });
});

test.each([
  ['./src/login.js', []],
  ['a/src/login.js', ['file-name']],
  ['/repo/src/login.js', ['file-name']],
  ['login.js', ['file-name']],
  ['src/login.js:4', ['file-name']],
  ['src/log\u200bin.js', ['file-name']],
])('the file named as %s is the only one that it can be', (file, tolerated) => {
  const found = quoted(KEY, { file });
  expect(found).toMatchObject({ file: 'src/login.js', verified: true });
  expect(tolerated.every((one) => found?.tolerated.some((other) => other === one))).toBe(true);
});

test('rows of a table are found, whose own bars look like what stands before each line', () => {
  const table = { ...FILE, name: 'a.md', lines: plainLines(['# Rows', '| one | two |', '| three | four |', '']) };
  const claim = { severity: 'high', category: 'code', rule: 'r', message: 'm', file: 'a.md' } as const;
  const verifier = new FindingVerifier([table]);
  const found = verifier.verify({ ...claim, quote: '| one | two |\n| three | four |', startLine: 2, endLine: 3 });
  expect(found).toMatchObject({ verified: true, startLine: 2, endLine: 3, tolerated: [] });
});

test('a name that could be two files is none', () => {
  const twin = { ...FILE, name: 'lib/login.js' };
  const claim = { severity: 'high', category: 'code', rule: 'r', message: 'm', startLine: 4, endLine: 4 } as const;
  const found = new FindingVerifier([FILE, twin]).verify({ ...claim, quote: KEY, file: 'login.js' });
  expect(found).toMatchObject({ verified: false });
});

test('quotes of repeated characters cost no more than others: as many comparisons as characters', () => {
  const text = 'a'.repeat(900_000);
  const document = { ...FILE, lines: plainLines([text, ' '.repeat(20_000), '*'.repeat(20_000)]) };
  const quotes = [
    `${'a'.repeat(400_000)}b`,
    `${'a'.repeat(4000)}b`,
    ' '.repeat(400_000),
    `${' '.repeat(4000)}x`,
    `${'a…'.repeat(2000)}b`,
    `${'aaaa***'.repeat(18)}b`,
    '"'.repeat(5000),
    '`'.repeat(4999),
    '[REDACTED'.repeat(500),
    '<'.repeat(5000),
    '\\'.repeat(4999),
    `${'1'.repeat(4000)}:`,
    `${'/'.repeat(4000)} ...`,
    '&'.repeat(5000),
    '\n'.repeat(5000),
  ];
  const claim = { severity: 'high', category: 'code', rule: 'r', message: 'm', file: FILE.name } as const;
  const findings = quotes.map((quote) => ({ ...claim, quote, startLine: 3, endLine: 3 }));
  // The suite's watchdog is the limit: the naive search took minutes for one of them.
  const verifier = new FindingVerifier([document]);
  expect(findings.map((finding) => verifier.verify(finding).verified)).not.toContain(undefined);
});
