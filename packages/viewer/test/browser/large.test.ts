import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { callOf, MemorySource } from '../support/memory-source.ts';
import { goTo, shown } from './support/shown.ts';

const CALLS = 1000;
const FILES = 50_000;

/** A call with a reply of 20 million characters, and one with a reply of 200,000. */
function longTexts(): MemorySource {
  const source = new MemorySource();
  const lines = Array.from(
    { length: 500_000 },
    (_, number) => `entry ${String(number).padStart(8, '0')}: the heron stands at the mile\n`,
  );
  const replies = [lines, lines.slice(0, 5_000)].map((some) => source.text(some.join('')));
  source.change({
    calls: replies.map((reply, place) =>
      callOf(`call-${place + 1}`, { outcome: 'succeeded', finishReason: 'stop', reply }),
    ),
  });
  source.end();
  return source;
}

/** 1,000 calls of one code block, and 50,000 documents. */
function manyItems(): MemorySource {
  const source = new MemorySource();
  const calls = Array.from({ length: CALLS }, (_, place) =>
    callOf(`call-${place + 1}`, {
      outcome: 'succeeded',
      finishReason: 'stop',
      startedAt: 100 + Math.floor(place / 16) * 50,
      endedAt: 140 + Math.floor(place / 16) * 50,
      role: 'llm_query',
      codeBlock: 0,
      prompt: [{ role: 'user', text: source.text(`prompt ${place + 1}`) }],
      reply: source.text(`reply ${place + 1}`),
    }),
  );
  source.change({
    calls,
    iterations: [
      {
        node: '0',
        number: 1,
        startedAt: 0,
        endedAt: 5000,
        call: null,
        response: null,
        answer: null,
        isLeftBehind: false,
      },
    ],
    codeBlocks: [
      {
        node: '0',
        iteration: 1,
        number: 0,
        startedAt: 50,
        endedAt: 5000,
        code: source.text('llm_query_batched(prompts)'),
        stdout: null,
        stderr: null,
        status: 'ok',
        binds: [],
        isLeftBehind: false,
      },
    ],
  });
  const documents = Array.from({ length: FILES }, (_, place) => ({
    name: `src/${place}.ts`,
    chars: 1000,
    text: null,
    fraction: place % 2,
  }));
  source.head({
    coverage: {
      chars: FILES * 1000,
      fraction: 0.5,
      byRole: { root: 0, sub: 0.5 },
      required: null,
      documents,
      reads: documents.flatMap((_, place) => (place % 2 === 1 ? [[place, 0, 1000, place % CALLS] as const] : [])),
      incomplete: null,
    },
  });
  source.end();
  return source;
}

const texts = longTexts();

const elements = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);

test('of 1,000 calls and 50,000 documents only what is in sight is in the document, wherever it is scrolled to', async () => {
  const page = await shown(manyItems(), { page: 'run', run: 'run-1', section: 'calls' });
  const table = page.getByRole('table', { name: 'Calls' });
  await table.getByRole('link').first().waitFor();
  expect(await table.getAttribute('aria-rowcount')).toBe(String(CALLS + 1));
  expect(await table.locator('tbody tr').count()).toBeLessThan(60);
  await table.getByRole('link').first().focus();
  await page.keyboard.press('End');
  await table.getByRole('link', { name: '1000', exact: true }).waitFor();
  expect(await table.locator('tbody tr').count()).toBeLessThan(60);
  for (const section of ['timeline', 'iterations', 'coverage', 'summary'] as const) {
    await goTo(page, { page: 'run', run: 'run-1', section });
    await page.locator('.run-view > *').first().waitFor();
    expect(await elements(page)).toBeLessThan(1500);
  }
});

test('a text of 20 million characters is read where it is looked at, found in, and scrolled through', async () => {
  const page = await shown(texts, { page: 'call', run: 'run-1', call: 'call-1' });
  const reply = page.getByRole('group', { name: 'Reply', exact: true });
  await reply.getByText('entry 00000000').waitFor();
  expect(await reply.locator('pre').count()).toBeLessThan(20);
  await reply.evaluate((box) => {
    box.scrollTop = box.scrollHeight / 2;
  });
  await reply
    .getByText(/entry 000\d{5}/)
    .first()
    .waitFor();
  expect(await reply.locator('pre').count()).toBeLessThan(20);
  await page.getByRole('button', { name: 'Find in: Reply' }).click();
  await page.getByRole('searchbox', { name: 'Find' }).fill('ENTRY 00150123');
  await page.keyboard.press('Enter');
  await page.locator('mark.mark-found', { hasText: 'entry 00150123' }).waitFor();
  await expect.poll(() => page.locator('mark.mark-found').isVisible()).toBe(true);
  await page.getByText('part 2 of 6').waitFor();
  expect(await elements(page)).toBeLessThan(1500);
});

test('the keys of the browser for finding find in a long text that has the focus', async () => {
  const page = await shown(texts, { page: 'call', run: 'run-1', call: 'call-2' });
  const reply = page.getByRole('group', { name: 'Reply', exact: true });
  await reply.getByText('entry 00000000').waitFor();
  await reply.focus();
  await page.keyboard.press('Control+f');
  await page.getByRole('searchbox', { name: 'Find' }).waitFor();
  await page.keyboard.type('not in there');
  await page.keyboard.press('Enter');
  await page.getByText('not there', { exact: true }).waitFor();
});

test('a message of a megabyte is shown cut, and whole in a box for who asks', async () => {
  const message = `${'word '.repeat(200_000)}and the last of it`;
  const source = new MemorySource();
  source.change({
    calls: [callOf('call-1', { outcome: 'failed', error: { code: 'provider_error', message } })],
    remarks: [{ at: 1, level: 'error', text: message }],
  });
  source.end();
  source.head({
    status: 'failed',
    end: {
      ...{ code: 'provider_error', stopReason: 'provider_error', message, answer: null },
      ...{ isFinal: false, isTyped: false },
    },
    facts: [['what', message]],
  });
  const page = await shown(source, { page: 'run', run: 'run-1', section: 'summary' });
  const places = [
    { page: 'run', run: 'run-1', section: 'about' },
    { page: 'run', run: 'run-1', section: 'summary' },
    { page: 'call', run: 'run-1', call: 'call-1' },
  ] as const;
  for (const place of places) {
    await goTo(page, place);
    const more = page.locator('.run-view').getByRole('button', { name: 'Show all 1,000,018 characters' });
    await more.first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(4_000);
    await more.first().click();
    const whole = page.getByRole('group', { name: 'All of the text' });
    await whole.getByText('word word').first().waitFor();
    await expect
      .poll(async () => {
        await whole.evaluate((box) => {
          box.scrollTop = box.scrollHeight;
        });
        return await whole.getByText('and the last of it').count();
      })
      .toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(4_000);
  }
});
