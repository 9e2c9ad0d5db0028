import { expect, test } from 'vitest';
import { toXml } from '../../src/reports/xml.ts';

test('an element without anything in it ends where it begins; others have theirs a line each', () => {
  const content = [{ name: 'a' }, { name: 'b', attributes: { of: 1 }, content: [{ name: 'c', content: 'text' }] }];
  expect(toXml({ name: 'root', content })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<root>\n  <a/>\n  <b of="1">\n    <c><![CDATA[text]]></c>\n  </b>\n</root>\n',
  );
});

test('no text ends an attribute or a section, and no character is left that XML has not', () => {
  const hostile = '"<&\t\r\n]]>\u0000\u001b\ud800\ufffe\u{1F600}';
  const written = toXml({ name: 'root', attributes: { hostile }, content: hostile });
  expect(written.split('?>\n')[1]).toBe(
    '<root hostile="&quot;&lt;&amp;&#x9;&#xD;&#xA;]]>\u{1F600}"><![CDATA["<&\t\r\n]] >\u{1F600}]]></root>\n',
  );
});
