import { expect, onTestFinished, test } from 'vitest';
import { readPageFiles } from '../../src/report/page-files.ts';
import { serveSource } from '../../src/server/serve-source.ts';
import { MemorySource } from '../support/memory-source.ts';
import { openPage } from './support/open-page.ts';

async function serve(source: MemorySource) {
  const served = await serveSource(source, await readPageFiles(), 0);
  onTestFinished(() => served.close());
  return served;
}

test('the page opens with the address that was told, takes the token out of the address bar, and opens again without it', async () => {
  const { url } = await serve(new MemorySource('harbour-1'));
  const page = await openPage(`${url}#/`);
  await page.getByText('harbour-1').or(page.getByText('why?')).first().waitFor();
  expect(page.url()).not.toContain('token');
  await page.reload();
  await page.getByText('harbour-1').or(page.getByText('why?')).first().waitFor();
});
