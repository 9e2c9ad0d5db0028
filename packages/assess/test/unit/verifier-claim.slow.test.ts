import { expect, test } from 'vitest';
import { contextOfClaim } from '../../src/verifier/claim.ts';
import { evidenceOf } from '../support/evidence.ts';
import { HIDDEN, ordersSeen, PLANTS } from '../support/plants.ts';
import { Repository } from '../support/repository.ts';

// What a verifier is shown of a claim.

const CLAIM = { rule: 'bad-call', message: 'It is bad.', file: 'a.ts', startLine: 1, endLine: 1, quote: 'bad(id);' };

async function evidence(files: Record<string, string>) {
  const repository = await Repository.create();
  await repository.branch('work', files);
  return await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
}

const PLANTED = PLANTS.filter(({ place }) => place === 'line' || place === 'file name');
let together: ReturnType<typeof evidence> | undefined;

/** One work that holds every plant, each in a folder of its own. */
function evidenceTogether() {
  const files = PLANTED.map(({ text, place }, at) => {
    const name = place === 'file name' ? text.replaceAll('/', '∕') : 'a.ts';
    return { [`${at}/${name}`]: `bad(id);\n${text}\n`, [`${at}/b.ts`]: `${text}\n` };
  });
  return evidence(Object.assign({}, ...files));
}

test.each(PLANTED)('neither the lines, nor a claim in words of the work, give an order: $name', async (plant) => {
  together ??= evidenceTogether();
  const folder = `${PLANTED.indexOf(plant)}/`;
  const documents = (await together).documents.filter(({ name }) => name.startsWith(folder));
  const file = documents.find(({ lines }) => lines.some((line) => line.text === 'bad(id);'))?.name ?? '';
  const claim = { ...CLAIM, file, message: `In b.ts, too: ${plant.text}` };
  const context = await contextOfClaim(claim, documents, []);
  expect(Object.keys(context ?? {})).toEqual(['claim', 'lines', 'beside 2']);
  const shown = Object.entries(context ?? {}).map(([key, value]) => `<document name="${key}">\n${value}`);
  expect(shown.flatMap((one) => ordersSeen(one.replace(/^<document name="[\w ]+">\n/, '')))).toEqual([]);
  expect(shown.join('')).not.toMatch(HIDDEN);
});

test('of a long file the lines around the quote are shown with their numbers, and a document that is named; no other', async () => {
  const long = Array.from({ length: 9000 }, (_, at) => (at === 5000 ? 'bad(id);' : `line${at}();`)).join('\n');
  const { documents } = await evidence({ 'a.ts': long, 'src/callee.ts': 'callee();\n', 'c.ts': 'other();\n' });
  const claim = { ...CLAIM, startLine: 5001, endLine: 5001, message: 'callee.ts does not check it.' };
  const criteria = [{ id: 'bad-call', question: 'Is every call checked?', severity: 'critical' as const }];
  const { claim: asked = '', lines = '', ...beside } = (await contextOfClaim(claim, documents, criteria)) ?? {};
  expect(asked).toContain('It is said that this is not so: Is every call checked?');
  expect(asked).not.toContain('critical');
  expect(lines).toMatch(/^ {3}5001 \+ \| bad\(id\);$/m);
  expect(lines).toContain('a part of it');
  expect([lines.length > 20_000, lines.length < 70_000]).toEqual([true, true]);
  expect(Object.values(beside).map((text) => /callee\(\)|other\(\)/.exec(text)?.[0])).toEqual(['callee()']);
});

test('a claim about lines that are not there is none', async () => {
  const { documents } = await evidence({ 'a.ts': 'fine();\n' });
  expect(await contextOfClaim(CLAIM, documents, [])).toBeNull();
  expect(await contextOfClaim({ ...CLAIM, file: 'b.ts' }, documents, [])).toBeNull();
});
