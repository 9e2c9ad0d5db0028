import { expect, test } from 'vitest';
import { boundNames } from '../../src/texts/bound-names.ts';

test.each<[string, string[]]>([
  ['a = 1', ['a']],
  ['a = b = 1\nc, (d, *e) = f()', ['a', 'b', 'c', 'd', 'e']],
  ['n: int = 3\nm: int', ['n']],
  ['n += 1\nif n == 2: m = n', ['n', 'm']],
  ['import os.path, re as r\nfrom json import dumps, loads as l', ['os', 'r', 'dumps', 'l']],
  ['def f(x):\n    y = 1\n    return y\nclass C:\n    z = 2\nw = 3', ['f', 'C', 'w']],
  ['for i, (j, k) in pairs:\n    s = i', ['i', 'j', 'k', 's']],
  ['with open(p) as f, lock:\n    t = f.read()', ['f', 't']],
  ['if (m := g()):\n    pass', ['m']],
  ['_hidden = 1; shown = 2', ['shown']],
  ['x["a"] = 1\ny.z = 2\nprint(k=3)', []],
  ['# a = 1\ns = "b = 2; c = 3"\nt = """\nd = 4\n"""', ['s', 't']],
  ['call(\n    a=1,\n    b=2,\n)\nz = [\n  1,\n]', ['z']],
  ['größe = 1', ['größe']],
  ['', []],
  ['this is = no python ((', []],
])('the names that code binds at its top level: %j', (code, names) => {
  expect(boundNames(code)).toEqual(names);
});
