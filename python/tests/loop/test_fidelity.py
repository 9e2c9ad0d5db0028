"""The messages of our run and of the official ``RLM`` called directly, with the same scripted model, are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import rlm.core.rlm
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell
from rlm.clients.base_lm import BaseLM
from rlm.core.types import ModelUsageSummary, UsageSummary
from worker_harness import Worker, spec

pytestmark = pytest.mark.slow

Messages = list[dict[str, Any]]

CONTEXT = "".join(f"line {n}: nothing of note\n" for n in range(300)) + "line 300: the magic number is 4711\n"
JSON_PROMPT = 'Reply with {"answer": [1, 2]}, {never} more. {custom_tools_section}'


class ScriptedLM(BaseLM):
    """The same script, without a provider."""

    def __init__(self, script: Script, seen: list[Messages], name: str) -> None:
        super().__init__(model_name=name)
        self._script = script
        self._seen = seen

    def completion(self, prompt: Any) -> str:
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [dict(m) for m in prompt]
        self._seen.append(messages)
        said = self._script(Request("", {}, {"model": self.model_name, "messages": messages}))
        assert isinstance(said, Reply)
        return said.text

    async def acompletion(self, prompt: Any) -> str:
        return self.completion(prompt)

    def get_usage_summary(self) -> UsageSummary:
        return UsageSummary({})

    def get_last_usage(self) -> ModelUsageSummary:
        return ModelUsageSummary(1, 1, 1)


def official(script: Script, context: Any, **changes: Any) -> tuple[str, list[Messages]]:
    seen: list[Messages] = []
    with patch.object(rlm.core.rlm, "get_client", lambda _, kwargs: ScriptedLM(script, seen, kwargs["model_name"])):
        run = rlm.core.rlm.RLM(
            backend="openai", backend_kwargs={"model_name": "root-model"}, max_iterations=5, **changes
        )
        return run.completion(context, root_prompt="What is it?").response, seen


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


def by_turn(*texts: str, plain: str = "plain") -> Script:
    """Every RLM, child or root, says these in order."""

    def script(request: Request) -> Reply:
        return Reply(plain if request.is_plain else texts[min(request.turns, len(texts) - 1)])

    return script


NEEDLE = by_turn(
    cell("print(len(context), repr(context[:40]))"),
    cell("import re\nfound = re.findall(r'magic number is (\\d+)', context)\nprint(found)"),
    answer("found[0]"),
)
CHUNKS = by_turn(
    cell("chunks = [context[i:i + 2000] for i in range(0, len(context), 2000)]\nprint(len(chunks))"),
    cell(
        "parts = llm_query_batched([f'Count: {c}' for c in chunks])\nprint(parts)\none = llm_query('again')\nprint(one)"
    ),
    "Two blocks.\n```repl\nx = 1\nprint(x)\n```\nand\n```repl\nprint(x + 1, 'x' * 30_000)\n```",
    answer("f'{len(parts)} parts'"),
)
ERRORS = by_turn(
    cell("print('before')\n1 / 0"),
    cell("def f(:"),
    "No code this time.",
    cell("y = undefined_name"),
    answer("'recovered'"),
)
RECURSION = by_turn(cell("out = rlm_query('deeper')\nprint(out)"), answer("f'seen {len(context)}'"), plain="leaf")
COMPACTION_CELL = cell("print('y' * 25_000)")


def compacting(request: Request) -> Reply:
    if "Summarize your progress" in request.last:
        return Reply("Progress: printed y.")
    if "compacted 1 time" in str(request.messages):
        return Reply(answer("f'{len(history)} entries'"))
    return Reply("z" * 220_000 + COMPACTION_CELL)


CASES = {
    "needle": (NEEDLE, CONTEXT, {}),
    "chunk and aggregate": (CHUNKS, CONTEXT, {}),
    "error and recovery": (ERRORS, "short", {}),
    "recursion": (RECURSION, "abc", {"max_depth": 2}),
    "compaction": (compacting, CONTEXT, {"compaction": True}),
    "list": (by_turn(cell("print(type(context), context)"), answer("context[1]")), ["one", "two"], {}),
    "dict": (by_turn(cell("print(type(context), context)"), answer("context['k']")), {"k": "v", "n": [1]}, {}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_messages_are_the_official_ones(worker: Worker, name: str, tmp_path: Path) -> None:
    script, context, changes = CASES[name]
    expected_answer, expected = official(script, context, **changes)
    with FakeProvider(script) as provider:
        wanted = spec(
            provider.url,
            tmp_path,
            context=context if isinstance(context, str) else "",
            maxDepth=changes.get("max_depth", 1),
            compaction=changes.get("compaction", False),
        )
        if not isinstance(context, str):
            (tmp_path / "context.json").write_text(json.dumps(context))
            wanted["context"] = {"kind": "json", "path": str(tmp_path / "context.json")}
        run = worker.run(wanted)
    ours = [request.messages for request in provider.requests]
    for mine, theirs in zip(in_order(ours), in_order(expected), strict=True):
        for message, official_message in zip(mine, theirs, strict=True):
            assert message == official_message
    assert run.answer == expected_answer


def test_exhausted_differs_in_the_last_role_only(worker: Worker, tmp_path: Path) -> None:
    script = by_turn(*[cell(f"x = {n}\nprint(x)") for n in range(5)], "Perhaps 4.")
    expected_answer, expected = official(script, "short")
    with FakeProvider(script) as provider:
        run = worker.run(spec(provider.url, tmp_path, context="short"))
    ours = [request.messages for request in provider.requests]
    assert ours[:-1] == expected[:-1]
    assert ours[-1][:-1] == expected[-1][:-1]
    assert ours[-1][-1] == {**expected[-1][-1], "role": "user"}
    assert run.terminal["partialAnswer"] == expected_answer == "Perhaps 4."


def test_a_system_prompt_is_taken_as_it_is(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        official(by_turn(answer("'x'")), "short", custom_system_prompt=JSON_PROMPT)
    escaped = 'Reply with {{"answer": [1, 2]}}, {{never}} more. {custom_tools_section}'
    _, expected = official(by_turn(answer("'x'")), "short", custom_system_prompt=escaped)
    with FakeProvider(by_turn(answer("'x'"))) as provider:
        worker.run(spec(provider.url, tmp_path, context="short", systemPrompt=JSON_PROMPT))
    assert [request.messages for request in provider.requests] == expected
    assert expected[0][0]["content"].startswith('Reply with {"answer": [1, 2]}, {never} more. ')


def in_order(requests: list[Messages]) -> list[Messages]:
    """Turns as they came; the plain requests of a batch, which go out at once, by their text."""
    turns = [messages for messages in requests if len(messages) > 1]
    return turns + sorted((messages for messages in requests if len(messages) == 1), key=str)
