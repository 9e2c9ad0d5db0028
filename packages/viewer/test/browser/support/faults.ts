import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectNoOverflow } from './shown.ts';

// axe, minified: each document that it is loaded into has it parsed anew.
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules that say something of colors. */
const OF_COLORS = ['color-contrast', 'link-in-text-block'];

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 800 };

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

/**
 * The same of a view in a wide window and a narrow one, light and dark, neither wider than the window. Of dark colors in a wide
 * window the rules for colors say all, as the document is the same; a narrow window has no light colors that the wide one has not.
 */
export async function faultsOfView(page: Page): Promise<string[]> {
  await page.setViewportSize(WIDE);
  const [wide, light] = [await faultsOf(page), await lookOf(page)];
  await expectNoOverflow(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const [dark, look] = [await faultsOf(page, OF_COLORS), await lookOf(page)];
  expect(look.markup).toBe(light.markup);
  expect(look.colors).not.toEqual(light.colors);
  await page.setViewportSize(NARROW);
  const narrow = await faultsOf(page);
  await expectNoOverflow(page);
  await page.emulateMedia({ colorScheme: 'light' });
  const { colors } = await lookOf(page);
  expect(colors.filter((pair) => !light.colors.includes(pair))).toEqual([]);
  return [...wide, ...dark.map((fault) => `dark: ${fault}`), ...narrow.map((fault) => `narrow and dark: ${fault}`)];
}

/** What a view is made of, and the pairs of a color and one behind it that its elements have. */
function lookOf(page: Page): Promise<{ markup: string; colors: string[] }> {
  return page.evaluate(() => {
    const main = document.querySelector('main');
    const pairs = [...(main?.querySelectorAll('*') ?? [])].map((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return `${color} on ${backgroundColor}`;
    });
    return { markup: main?.outerHTML ?? '', colors: [...new Set(pairs)].toSorted() };
  });
}
