/** An element of XML, and what is in it: other elements, or a text. */
export interface XmlElement {
  name: string;
  attributes?: Record<string, string | number>;
  content?: readonly XmlElement[] | string;
}

/** A document of XML 1.0, an element a line. Characters that XML has not are left out. */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written(root, '')}`.replaceAll(ILLEGAL, '');
}

/** No document may hold these, written out or not: controls, halves of characters, and what is no character. */
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const IN_ATTRIBUTES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function written({ name, attributes = {}, content = [] }: XmlElement, indent: string): string {
  const start = `${indent}<${name}${Object.entries(attributes).map(attribute).join('')}`;
  if (content.length === 0) return `${start}/>\n`;
  if (typeof content === 'string') return `${start}>${cdata(content)}</${name}>\n`;
  return `${start}>\n${content.map((element) => written(element, `${indent}  `)).join('')}${indent}</${name}>\n`;
}

function attribute([name, value]: [string, string | number]): string {
  return ` ${name}="${String(value).replaceAll(/[&<"\t\n\r]/g, (sign) => IN_ATTRIBUTES[sign] ?? sign)}"`;
}

/** The end of such a section cannot be written in one. */
function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']] >')}]]>`;
}
