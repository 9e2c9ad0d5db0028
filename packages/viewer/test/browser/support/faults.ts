import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

// axe, minified: each document that it is loaded into has it parsed anew.
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules that say something of colors. */
const OF_COLORS = ['color-contrast', 'link-in-text-block'];

/** What is wrong with the page for whoever does not see it, or does not use a pointer; each with the element. */
export async function faultsOf(page: Page, rules?: string[]): Promise<string[]> {
  // Once for a page, and with what is wrong alone: what is right is most of what axe says.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return await page.evaluate(async (rules) => {
    const { run } = Reflect.get(globalThis, 'axe') as typeof axe;
    const { violations } = await run({
      resultTypes: ['violations'],
      ...(rules && { runOnly: { type: 'rule', values: rules } }),
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, rules);
}

/** The same in light and in dark colors. The document is to be the same in both: so are the faults that are none of its colors. */
export async function faultsInBothColors(page: Page): Promise<string[]> {
  const markup = () => page.locator('main').evaluate((main) => main.outerHTML);
  const light = { faults: await faultsOf(page), markup: await markup() };
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = { faults: await faultsOf(page, OF_COLORS), markup: await markup() };
  expect(dark.markup).toBe(light.markup);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light.faults, ...dark.faults.map((fault) => `dark: ${fault}`)];
}
