import { expect, test } from 'vitest';
import { addressOf, type Route, routeOf } from '../../../src/page/routes/route.ts';

const ROUTES: Route[] = [
  { page: 'home' },
  { page: 'runs' },
  { page: 'run', run: 'harbour-1', section: 'summary' },
  { page: 'run', run: 'a/b c#1', section: 'coverage' },
  { page: 'call', run: 'session#2', call: '0/1:7' },
  { page: 'iteration', run: 'r', node: '0/2/1', number: 12 },
  { page: 'document', run: 'r', document: 0, at: null },
  { page: 'document', run: 'r', document: 49_999, at: { start: 7, end: 104_857_600 } },
  { page: 'compare', runs: ['a/b', 'c%2Fd'] },
  { page: 'assessment', worker: null, finding: null },
  { page: 'assessment', worker: 'w 1', finding: null },
  { page: 'assessment', worker: 'javascript:alert(1)', finding: '../../x' },
];

test.each(ROUTES)('a link to $page leads to the place that it was made of: %o', (route) => {
  const address = addressOf(route);
  expect(routeOf(address)).toEqual(route);
  expect(address).toMatch(/^#\/[\w%.!~*'()/-]*$/);
});

test.each([
  '#/nothing',
  '#/run',
  '#/run/a/nowhere',
  '#/run/a/call',
  '#/run/a/iteration/0/x',
  '#/run/a/call/b/c/d/e',
  '#/%E0%A4%A',
])('an address that leads nowhere is said to: %s', (address) => {
  expect(routeOf(address)).toEqual({ page: 'unknown', address });
});
