import { readFileSync } from 'node:fs';
import { WorkerEvent } from '@rlm-bridge/protocol';
import { describe, expect, test } from 'vitest';
import { toPublicEvent } from '../../src/run/to-public-event.ts';
import { Page, quoted } from '../markdown.ts';

// docs/events.md says of each event what the wire's schema says.

const page = new Page('docs/events.md');
const source = (file: string) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
const events = ['call', 'repl', 'run'].map((of) => source(`api/${of}-events.ts`)).join('\n');
const index = source('index.ts');
const EVENTS = WorkerEvent.options.map(({ shape }) => [shape.type.value, shape] as const);
const NAMED_ONCE = ['Fields of every event', 'Fields of events in the tree'] as const;
const [ofEvery, ofTree] = NAMED_ONCE.map((heading) => fieldsOf(heading).map(([field]) => field));

function fieldsOf(heading: string): [field: string, what: string][] {
  return page.tableOf(heading).map(([field = '', what = '']) => [quoted(field)[0] ?? '', what]);
}

/** `id` on the wire is `runId` in public. */
const publicNames = (shape: object) => Object.keys(shape).map((name) => (name === 'id' ? 'runId' : name));

test('every event type has its section, and no other stands there', () => {
  const sections = page.headings.filter((heading) => !NAMED_ONCE.some((one) => one === heading));
  expect(sections.sort()).toEqual(EVENTS.map(([type]) => type).sort());
});

describe.each(EVENTS)('%s', (type, shape) => {
  const isInTree = page.textOf(type).includes('In the tree.');
  const shared = [...(ofEvery ?? []), ...(isInTree ? (ofTree ?? []) : [])];

  test('its section begins with the name of its interface, which is exported for this type', () => {
    const [, name = ''] = /^\n`(RLM\w+Event)`\. /.exec(page.textOf(type)) ?? [];
    const declaration = `export interface ${name} extends [\\w, ]+ {\\n(?: +/\\*\\*.*\\*/\\n)? +type: '${type}';`;
    expect(events).toMatch(new RegExp(declaration));
    expect(index).toMatch(new RegExp(`^ {2}${name},$`, 'm'));
  });

  test('each field has its line', () => {
    const own = fieldsOf(type).map(([field]) => field);
    expect([...shared, ...own].sort()).toEqual(publicNames(shape).sort());
  });

  test('a field is null where its line says so, and nowhere else', () => {
    const nullable = Object.entries(shape).filter(([, field]) => field.safeParse(null).success);
    const said = fieldsOf(type).filter(([, what]) => /; null |^null /.test(what));
    expect(said.map(([field]) => field).sort()).toEqual(nullable.map(([field]) => field).sort());
  });

  test('the example is such an event, as it is in public', () => {
    const [, line = ''] = /^```json\n(.*)\n```$/m.exec(page.textOf(type)) ?? [];
    const { runId: id, ...fields } = JSON.parse(line);
    const event = WorkerEvent.parse({ id, ...fields });
    expect(event.type).toBe(type);
    expect(toPublicEvent(event)).toEqual(JSON.parse(line));
  });
});
