import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueOfToolName } from '../../src/options/tool-names.ts';

// Which names are taken is Python's to say, the official library's and the kernel's; here they are held together.

const PYTHON = process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../python/.venv/bin/python', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../../../python/src', import.meta.url));
const PROGRAM = `
import builtins, json, keyword, sys
sys.path.insert(0, sys.argv[1])
from rlm.environments.base_env import RESERVED_TOOL_NAMES
from rlm_worker.kernel.host_tools import HostTools
from rlm_worker.kernel.namespace import Namespace
from rlm_worker.kernel.queries import Queries
from rlm_worker.kernel.requests import Requests
requests = Requests(lambda message: None, lambda: None)
namespace = Namespace(Queries(requests).functions(), HostTools(requests))
namespace.bind("context_0", "", "context", json)
namespace.bind("history_12", [], "history", None)
print(json.dumps({
    "official": sorted(RESERVED_TOOL_NAMES),
    "kernel": [name for name in namespace.variables if not name.startswith("__")],
    "keywords": keyword.kwlist,
    "builtins": [name for name in dir(builtins) if name.islower() and not name.startswith("_")],
}))
`;

const { stdout } = await execa(PYTHON, ['-I', '-c', PROGRAM, SOURCES]);
const taken = z.record(z.string(), z.array(z.string())).parse(JSON.parse(stdout));

test.each(Object.entries(taken))('every name of %s is refused', (_, names) => {
  expect(names.length).toBeGreaterThan(7);
  expect(names.filter((name) => issueOfToolName(name) === undefined)).toEqual([]);
});

test('what is refused is a name of Python, the library or the kernel', () => {
  const known = new Set(Object.values(taken).flat());
  const refused = ['json', 'llm_query', 'context_7', 'history_0', 'answer', 'SHOW_VARS', 'lambda', 'print'];
  expect(refused.filter((name) => issueOfToolName(name) === undefined)).toEqual([]);
  expect(refused.filter((name) => !known.has(name))).toEqual(['context_7', 'history_0']);
});

test.each(['lookup', 'a', 'Lookup2', 'look_up_', 'context_of', 'contexts', 'match', 'json_', 'x'.repeat(64)])(
  '%s is free',
  (name) => {
    expect(issueOfToolName(name)).toBeUndefined();
  },
);

test.each(['', '2nd', '_hidden', '__name__', 'look-up', 'look up', 'a.b', 'größe', 'a\n', 'x'.repeat(65), '__proto__'])(
  '%j is no name',
  (name) => {
    expect(issueOfToolName(name)).toMatch(/^must be a Python name of ASCII letters/);
  },
);
