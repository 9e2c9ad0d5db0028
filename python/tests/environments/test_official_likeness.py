"""The messages the root model gets are those it would get from the official environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repl_harness import MakeBench
from rlm.core.types import CodeBlock, RLMIteration
from rlm.environments import SupportsPersistence
from rlm.environments.local_repl import LocalREPL
from rlm.utils.parsing import format_iteration

# Where ours differs on purpose, no block is listed: variables set before an exception and those starting with "_"
# survive, a deleted variable is gone, the handle `f` that loaded the context is not a variable, and the builtins are
# whole (the official local REPL has no `__build_class__`, so that it cannot define a class).
BLOCKS = [
    "print(context[:5])",
    "import re, math\nwords = context\nn = 3\nratio = 1.5\nflag = True\nnothing = None\npair = (1, 2)",
    "d = {'a': [1]}\ns = {1}\nb = b'bytes'\ncomplicated = [d, s]",
    "def helper(): return n\nprint(helper())\nobj = object()",
    "xs = [llm_query('q')] + llm_query_batched(['a', 'b'])\nprint(xs)",
    "print('no newline', end='')",
    "import sys\nsys.stderr.write('warned')",
    "raise KeyError('k')",
    "1/0",
    "",
    "n += 1",
    "context = 'overwritten'\nllm_query = 5",
    "print(context[:3], llm_query('x')[:4])",
    "print('x' * 30_000)",
    "answer['content'] = 'done'",
    "answer['ready'] = True",
]
CONTEXTS: dict[str, Any] = {
    "text": "Hello, long context",
    "list": ["one", "two", "three", "four", "five", "six"],
    "messages": [{"role": "user", "content": "hi"}],
}


def shown_by(repl: Any, blocks: list[str]) -> list[str]:
    messages: list[str] = []
    for code in blocks:
        result = repl.execute_code(code)
        iteration = RLMIteration("", "", [CodeBlock(code, result)], result.final_answer)
        messages.append(format_iteration(iteration)[1]["content"] + f" -> {result.final_answer}")
    return messages


def echoing(repl: LocalREPL) -> LocalREPL:
    repl._llm_query = lambda prompt, model=None: f"echo:{prompt}"
    repl._llm_query_batched = lambda prompts, model=None: [f"echo:{prompt}" for prompt in prompts]
    repl.globals.update(llm_query=repl._llm_query, llm_query_batched=repl._llm_query_batched)
    return repl


@pytest.mark.parametrize("compaction", [False, True])
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS.keys())
def test_local_reads_as_the_official_local(make_forked: MakeBench, context: Any, compaction: bool) -> None:
    official = echoing(LocalREPL(context_payload=context, compaction=compaction))
    ours = make_forked(context_payload=context, compaction=compaction)
    assert shown_by(ours.repl, BLOCKS) == shown_by(official, BLOCKS)
    official.cleanup()


def test_docker_lists_every_variable_as_the_official_one_does(make_docker: MakeBench) -> None:
    run = make_docker(context_payload=["a"], compaction=True)
    listed = run("import re\ndef f(): pass\nx = 1\n_y = 2").locals
    assert list(listed) == ["answer", "json", "history", "context_0", "context", "re", "f", "x"]
    assert all(isinstance(text, str) for text in listed.values())


def test_it_is_what_the_loop_asks_for(make_forked: MakeBench) -> None:
    run = make_forked()
    assert isinstance(run.repl, SupportsPersistence)
    assert hasattr(run.repl, "append_compaction_entry")


def test_locals_are_short_and_cost_nothing(make_forked: MakeBench) -> None:
    run = make_forked(context_payload="x" * 5_000_000)
    run("class Bad:\n    def __repr__(self): raise SystemExit")
    result = run("bad = Bad()\nnested = [[list(range(99))] * 50] * 9\nbig = 7 ** 10**6")
    assert max(len(repr(text)) for text in result.locals.values()) <= 203
    assert result.to_dict()["locals"]["bad"] == "<Bad object>"
    assert "bits" in str(result.locals["big"])


@pytest.mark.docker
@pytest.mark.official_checkout
def test_the_official_docker_tests_pass(tmp_path: Path) -> None:
    files = [
        f"{os.environ['OFFICIAL_RLM_TESTS']}/tests/test_docker_repl_{name}.py" for name in ("robustness", "persistent")
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "official_docker_plugin", "-p", "no:cacheprovider", *files]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    counted = re.search(r"(\d+) passed, (\d+) deselected", done.stdout)
    assert counted is not None and done.returncode == 0, done.stdout
    assert (int(counted[1]), int(counted[2])) == (51, 4)
