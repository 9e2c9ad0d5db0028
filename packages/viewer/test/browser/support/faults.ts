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
 * The same of a view in a wide window and a narrow one, light and dark, neither wider than the window. All rules are asked wide and
 * light, and narrow and dark; the rules for colors again where something is seen in colors that it was not asked of.
 */
export async function faultsOfView(page: Page): Promise<string[]> {
  await page.setViewportSize(WIDE);
  const [wide, wideLight] = [await faultsOf(page), await lookOf(page)];
  await expectNoOverflow(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const wideDark = await lookOf(page);
  expect(wideDark.markup).toBe(wideLight.markup);
  expect(wideDark.colors).not.toEqual(wideLight.colors);
  await page.setViewportSize(NARROW);
  const [narrow, narrowDark] = [await faultsOf(page), await lookOf(page)];
  await expectNoOverflow(page);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(othersOf(await lookOf(page), wideLight)).toEqual([]);
  const dark = othersOf(wideDark, narrowDark).length > 0 ? await faultsOfDarkColors(page) : [];
  return [...wide, ...dark.map((fault) => `dark: ${fault}`), ...narrow.map((fault) => `narrow and dark: ${fault}`)];
}

async function faultsOfDarkColors(page: Page): Promise<string[]> {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'dark' });
  return await faultsOf(page, OF_COLORS);
}

interface Look {
  markup: string;
  colors: string[];
}

/** What a view is made of, and in what its texts are seen: their colors, all behind them, and how large and heavy they are. */
function lookOf(page: Page): Promise<Look> {
  return page.evaluate(() => {
    const seen = new Set<string>();
    const walk = (element: Element, behind: string) => {
      const { color, backgroundColor, backgroundImage, opacity, fontSize, fontWeight } = getComputedStyle(element);
      const ground = `${behind} / ${opacity} ${backgroundColor} ${backgroundImage}`;
      const hasText = [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== '');
      const isFilled = element.matches('input, select, textarea');
      if ((hasText || isFilled) && element.checkVisibility())
        seen.add(`${fontSize} ${fontWeight} ${color} on ${ground}`);
      for (const child of element.children) walk(child, ground);
    };
    const main = document.querySelector('main');
    walk(document.body, '');
    return { markup: main?.outerHTML ?? '', colors: [...seen].toSorted() };
  });
}

const othersOf = (look: Look, known: Look) => look.colors.filter((colors) => !known.colors.includes(colors));
