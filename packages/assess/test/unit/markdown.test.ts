import fc from 'fast-check';
import { micromark, type Options } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { expect, test } from 'vitest';
import { anyText } from '../../../protocol/test/any-text.ts';
import { toMarkdown } from '../../src/index.ts';
import { finding, resultOf, worker } from '../support/results.ts';

// The report as GitHub makes HTML of it. Raw HTML and every protocol are let through: escaping alone keeps text text.

const LENIENT: Options = {
  allowDangerousHtml: true,
  allowDangerousProtocol: true,
  extensions: [gfm()],
  htmlExtensions: [gfmHtml()],
};

/** Rendered as leniently as can be. */
function render(markdown: string): string {
  return micromark(markdown, LENIENT);
}

/** The elements in their order, as `table` or `/table`. */
function elementsOf(html: string): string[] {
  return [...html.matchAll(/<(\/?\w+)/g)].map(([, name = '']) => name);
}

/** What a reader sees, in lines; the zero-width spaces are not seen. */
function textOf(html: string): string {
  const signs = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
  return html
    .replaceAll(/<[^>]*>|\u200b/g, '')
    .replaceAll(/&(?:lt|gt|quot|amp);/g, (sign) => signs[sign as keyof typeof signs]);
}

/** A report in which every text that models or workers wrote is this one. */
function reportOf(text: string): string {
  const spoken = worker({
    workerId: text,
    summary: text,
    findings: [finding({ message: text, rule: text, file: text, quote: text, suggestion: text })],
    rubric: [{ id: text, question: text, severity: 'high', outcome: 'not_met', notMetIn: 1, reason: text }],
    evidence: {
      files: 1,
      chars: 9,
      coverage: 1,
      omitted: [{ file: text, reason: 'binary', detail: text }],
      documents: [text],
      unread: [text],
      partial: [],
      renames: [],
    },
    error: { code: 'no_evidence', message: text },
  });
  const result = resultOf([spoken]);
  result.aggregateFindings = { ...result.aggregateFindings, commonPatterns: [text], recommendations: [text] };
  return toMarkdown(result);
}

/** What a report is made of whose texts do nothing. */
const PLAIN = elementsOf(render(reportOf('harmless')));

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=y>',
  '<!-- gone',
  '</td></table>',
  '[a](javascript:x)',
  '[a][b]',
  '[b]: http://evil.example',
  '![i](//evil.example/i.png)',
  '<http://evil.example>',
  'https://evil.example/a?b',
  'www.evil.example',
  'ada@evil.example',
  'mailto:ada@evil.example',
  'xmpp:ada@evil.example',
  '# A heading',
  'A heading\n===',
  'A heading\n---',
  '---',
  '- - -',
  '> a quotation',
  '* a list',
  '1. a list',
  '1) a list',
  '- [x] a task',
  '```html\n<b>\n```',
  '~~~',
  '    code',
  '\tcode',
  '| a | b |\n| --- | --- |',
  '|',
  '\\|',
  '`',
  '``',
  '` <b> `',
  '**bold** __bold__ *slanted* _slanted_ ~~gone~~',
  '&lt;b&gt; &#60;b&#62; &amp;',
  '[^1]',
  '[^1]: a footnote',
  '$$ x $$',
  '\\',
  '\n\n<b>\n\n',
] as const;

test('a report is a table with a row for each worker, headings and lists', () => {
  const result = resultOf([worker({ findings: [finding({ severity: 'critical' })] }), worker({ workerId: 'docs' })]);
  const html = render(toMarkdown(result));
  const elements = elementsOf(html);
  const count = (name: string) => elements.filter((element) => element === name).length;
  expect({ h2: count('h2'), h3: count('h3'), table: count('table'), li: count('li') }).toEqual({
    h2: 1,
    h3: 3,
    table: 1,
    li: 1,
  });
  const columns = count('th');
  const rows = [...html.matchAll(/<tr>\n(.*?)<\/tr>/gs)]
    .slice(1)
    .map(([, cells = '']) => textOf(cells).trim().split('\n'));
  expect(rows.map(({ length }) => length)).toEqual([columns, columns]);
  expect(rows.map(([id, verdict]) => [id, verdict])).toEqual([
    ['auth', 'fail'],
    ['docs', 'pass'],
  ]);
  expect(html).toContain(
    '<strong>critical sql-injection</strong> of auth in <code>src/db.ts:3</code>: Input reaches the query.',
  );
});

test.each(HOSTILE)('%j is text wherever it stands', (text) => {
  const html = render(reportOf(text));
  expect(elementsOf(html)).toEqual(PLAIN);
  const seen = text.replaceAll(/\s+/g, ' ').trim();
  expect(textOf(html)).toContain(`Common patterns\n\n${seen}\n`);
});

test('no person, team, issue or quick action of a forge is named outside of code', () => {
  const report = reportOf('/approve @all #12 org/repo#3');
  expect(report).not.toMatch(/^\//m);
  const rendered = render(report).replaceAll(/<code>.*?<\/code>/g, '');
  expect(rendered).not.toMatch(/@\w|#\d/);
  expect(textOf(rendered)).toContain('Common patterns\n\n/approve @all #12 org/repo#3\n');
});

/** Rendering a report takes a hundredth of a second. */
const RUNS = { numRuns: 50 };

test('property: no mixture of hostile texts changes what the report is made of', () => {
  const pieces = fc.array(fc.constantFrom(...HOSTILE, ' ', 'w', ':', '/', '.'), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(pieces, (parts) => {
      fc.pre(parts.join('').trim() !== '');
      expect(elementsOf(render(reportOf(parts.join(''))))).toEqual(PLAIN);
    }),
    RUNS,
  );
});

test('property: nor does any string', () => {
  fc.assert(
    fc.property(anyText({ minLength: 1 }), (text) => {
      fc.pre(/[\p{L}\p{N}]/u.test(text));
      expect(elementsOf(render(reportOf(text)))).toEqual(PLAIN);
    }),
    RUNS,
  );
});
