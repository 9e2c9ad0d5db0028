import { expect, test, vi } from 'vitest';
import { type RunChanges, withChanges } from '../../src/model/run-changes.ts';
import type { RunView } from '../../src/model/run-view.ts';
import { callOf, MemorySource } from '../support/memory-source.ts';
import { type Served, served } from '../support/served.ts';

interface Told {
  id: string;
  event: string;
  data: RunChanges & { failure?: string | null };
}

/** A stream of server-sent events, as it comes. */
async function* eventsOf({ ask }: Served, known = '', headers = {}): AsyncGenerator<Told, void, void> {
  const response = await ask(`changes?id=run-1&known=${known}`, headers);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const fields = new Map(event.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
      if (fields.has('data')) {
        yield {
          id: fields.get('id') ?? '',
          event: fields.get('event') ?? 'message',
          data: JSON.parse(fields.get('data') ?? ''),
        };
      }
    }
  }
}

async function next(events: AsyncGenerator<Told, void, void>): Promise<Told> {
  const { value } = await events.next();
  if (!value) throw new Error('the stream has ended');
  return value;
}

test('a page that follows a run has the whole view first, then what changed, and the end', async () => {
  const source = new MemorySource();
  source.change({ calls: [callOf('a'), callOf('b')] });
  const events = eventsOf(await served(source));
  const first = await next(events);
  expect(first.data.calls).toHaveLength(2);
  let view: RunView = withChanges(null, first.data);
  const [a] = view.calls;
  source.change({ calls: [...(await source.readRun('run-1')).calls, callOf('c')] });
  const second = await next(events);
  expect(second.data.calls).toEqual([[2, expect.objectContaining({ name: 'c' })]]);
  view = withChanges(view, second.data);
  expect(view.calls[0]).toBe(a);
  source.end();
  view = withChanges(view, (await next(events)).data);
  expect(view).toEqual(await source.readRun('run-1'));
  expect(await next(events)).toMatchObject({ event: 'over', data: { failure: null } });
  expect((await events.next()).done).toBe(true);
});

test('a page that comes back with what it knew is told what it missed, and no more', async () => {
  const source = new MemorySource();
  source.change({ calls: [callOf('a')] });
  const page = await served(source);
  const [one, other] = [eventsOf(page), eventsOf(page)];
  const { id } = await next(one);
  await next(other);
  await one.return();
  source.change({ calls: [...(await source.readRun('run-1')).calls, callOf('b')] });
  await next(other);
  for (const again of [eventsOf(page, id), eventsOf(page, '', { 'last-event-id': id })]) {
    expect((await next(again)).data.calls).toEqual([[1, expect.objectContaining({ name: 'b' })]]);
    await again.return();
  }
});

test('a version of another time is not taken for one of this', async () => {
  const source = new MemorySource();
  source.change({ calls: [callOf('a')] });
  const page = await served(source);
  expect((await next(eventsOf(page, 'another.1'))).data.calls).toHaveLength(1);
});

test('many pages look at a run at once, which is followed once, and no longer than one of them looks', async () => {
  const source = new MemorySource();
  const page = await served(source);
  const pages = Array.from({ length: 20 }, () => eventsOf(page));
  for (const events of pages) await next(events);
  expect(source.followers).toBe(1);
  source.change({ calls: [callOf('a')] });
  for (const events of pages) expect((await next(events)).data.calls).toHaveLength(1);
  for (const events of pages) await events.return();
  await vi.waitFor(() => expect(source.followers).toBe(0), 60_000);
});

test('a page that does not read costs no memory: once it reads, it has the newest', async () => {
  const source = new MemorySource();
  const events = eventsOf(await served(source));
  await next(events);
  const remarks = [];
  for (let count = 0; count < 200; count += 1) {
    remarks.push({ at: count, level: 'info' as const, text: `${count}`.repeat(20_000) });
    source.change({ remarks: [...remarks] });
    await new Promise((resolve) => setImmediate(resolve));
  }
  source.end();
  let versions = 0;
  let view: RunView | null = null;
  for await (const { event, data } of events) {
    if (event !== 'message') continue;
    versions += 1;
    view = withChanges(view, data);
  }
  expect(view?.remarks).toEqual(remarks);
  expect(versions).toBeLessThan(200);
});

test('a run that is not there is said so in the stream', async () => {
  const page = await served(new MemorySource('other'));
  expect(await next(eventsOf(page))).toMatchObject({ event: 'over', data: { failure: 'There is no run run-1.' } });
});

test('closing ends every stream and the server, at once and again', async () => {
  const source = new MemorySource();
  const page = await served(source);
  const events = eventsOf(page);
  await next(events);
  await page.close();
  await expect(events.next()).rejects.toThrow();
  await vi.waitFor(() => expect(source.followers).toBe(0), 60_000);
  await expect(fetch(page.url)).rejects.toThrow();
  await page.close();
});
