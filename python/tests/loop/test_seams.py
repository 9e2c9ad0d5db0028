"""The seams in one process: what they replace, the tree on top of them, and the socket of pass-through environments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import rlm.core.rlm as official
from host_model import completion, failed, used
from rlm.core.comms_utils import LMRequest, send_lm_request, send_lm_request_batched
from rlm.core.types import CodeBlock, REPLResult, RLMIteration
from rlm.environments.local_repl import LocalREPL
from rlm.utils.parsing import format_iteration
from run_tree import Tree

from rlm_worker._generated.messages import AnswerProblem, AnswerSpec
from rlm_worker.answers.gate import Refusal, take_back
from rlm_worker.loop import seams
from rlm_worker.loop.scope import Node
from rlm_worker.loop.sub_calls import MeteredClient, SubCallHandler, to_messages
from rlm_worker.loop.tree import TreeRLM, answer_of, escape_system_prompt, prose

REPLACED = ("get_client", "LMHandler", "get_environment", "RLM")


def test_every_name_is_replaced_once_and_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A canary each: an upgrade that goes around a seam shows here."""
    turns = iter(["```repl\nprint(rlm_query('deeper'))\n```", "```repl\nanswer['ready'] = True\n```"])
    tree = Tree(
        lambda _: next(turns),
        lambda asked: "leaf" if len(asked["messages"]) == 1 else "```repl\nanswer['ready'] = True\n```",
    )
    called: list[str] = []
    monkeypatch.setattr(seams, "create_environment", lambda kind, kwargs, host: LocalREPL(**kwargs))
    with tree.installed() as scope:
        for name in REPLACED:
            monkeypatch.setattr(official, name, canary(name, getattr(official, name), called))
        TreeRLM(scope, backend="openai", environment="ipython", max_depth=2, max_iterations=3).completion("context")
        monkeypatch.undo()
    assert set(called) == set(REPLACED)
    assert {name: getattr(official, name) for name in REPLACED} == {name: seams.SEAMS[name] for name in REPLACED}
    assert tree.roles() == [("root", "0", "big"), ("child", "0/1", "small"), ("root", "0", "big")]


def canary(name: str, replaced: Any, called: list[str]) -> Any:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        called.append(name)
        return replaced(*args, **kwargs)

    return wrapped


def test_output_is_cut_elsewhere_only_when_asked() -> None:
    tree = Tree(lambda _: "", lambda _: "")
    iteration = RLMIteration("p", "said", [block("printed")])
    with tree.installed():
        assert official.format_iteration(iteration) == format_iteration(iteration)
    tree = Tree(lambda _: "", lambda _: "")
    tree.scope.spec.limits.max_output_chars = 7
    with tree.installed():
        [_, shown] = official.format_iteration(refused(RLMIteration("p", "said", [block("printed")])))
    assert shown["content"] == "REPL output:\n\nprinte... + [1 chars...]"
    assert official.format_iteration(iteration) == format_iteration(iteration)


def block(stdout: str, answer: str | None = None) -> CodeBlock:
    return CodeBlock("x", REPLResult(stdout, "", {}, 0.1, [], answer))


def refused(iteration: RLMIteration) -> RLMIteration:
    """With every answer of it taken back."""
    problem = AnswerProblem(source="validate", path="", message="Too old.")
    for code_block in iteration.code_blocks:
        if code_block.result.final_answer is not None:
            take_back(code_block.result, Refusal(code_block.result.final_answer, [problem]))
    return iteration


@pytest.mark.parametrize("answer", [{"check": True}, {"requireCoverage": 0.5}])
def test_refusals_follow_the_official_messages_whole(answer: dict[str, Any]) -> None:
    tree = Tree(lambda _: "", lambda _: "")
    spec = tree.scope.spec.answer.model_dump(by_alias=True)
    tree.scope.spec.answer = AnswerSpec.model_validate({**spec, **answer})
    tree.scope.spec.limits.max_output_chars = 7
    with tree.installed():
        taken = official.format_iteration(RLMIteration("p", "said", [block("1", "a")]))
        told = official.format_iteration(refused(RLMIteration("p", "said", [block("1", "a"), block("2", "b")])))
    assert taken == format_iteration(RLMIteration("p", "said", [block("1", "a")]))
    assert [message["role"] for message in told] == ["assistant", "user", "user"]
    assert told[:2] == format_iteration(RLMIteration("p", "said", [block("1"), block("2")]))
    assert told[2]["content"].count("Your answer was not accepted:\n- Too old.\n") == 2


@contextmanager
def serving(tree: Tree) -> Iterator[SubCallHandler]:
    node = Node("0", 0, tree.scope.models.root, "root")
    handler = SubCallHandler(tree.scope, node, MeteredClient(tree.scope, node))
    handler.start()
    try:
        yield handler
    finally:
        handler.stop()


def test_the_official_socket_is_metered() -> None:
    def sub(asked: dict[str, Any]) -> dict[str, Any]:
        return failed("odd") if asked["messages"][0]["content"] == "bad" else completion("fine", used(100, 10))

    tree = Tree(lambda _: "", sub)
    with serving(tree) as handler:
        single = send_lm_request(handler.address, LMRequest(prompt="one", model="gpt-5-pro", depth=1))
        batch = send_lm_request_batched(handler.address, ["two", "bad", "three"], depth=1)
        empty = send_lm_request_batched(handler.address, [], depth=1)
    assert single.chat_completion and single.chat_completion.root_model == "small"
    assert [reply.error for reply in batch] == [None, "odd", None] and empty == []
    assert tree.roles() == [("llm_query", "0", "small")] * 4
    usage = batch[0].chat_completion.usage_summary.model_usage_summaries
    assert usage["small"].to_dict() == {
        "total_calls": 1,
        "total_input_tokens": 100,
        "total_output_tokens": 10,
        "total_cost": 0.00012,
    }


def test_a_stopped_handler_leaves_no_socket() -> None:
    tree = Tree(lambda _: "", lambda _: "ok")
    with serving(tree) as handler:
        address = handler.address
    assert "refused" in str(send_lm_request(address, LMRequest(prompt="late", depth=1)).error)


def test_an_in_process_environment_opens_no_socket() -> None:
    tree = Tree(lambda _: "", lambda _: "ok")
    tree.scope.spec.environment = "local"
    with serving(tree) as handler:
        assert handler._server is None
        router = tree.scope.router(handler.address)
        assert router is handler
        assert [call.response for call in router.sub_calls(["a", "b"], None, 1)] == ["ok", "ok"]
        assert router.sub_calls([], None, 1) == []


def test_a_view_of_one_request_knows_its_own_usage() -> None:
    tree = Tree(lambda _: "", lambda _: "ok")
    with serving(tree) as handler:
        first, second = handler.get_client("x"), handler.get_client("x")
        first.completion("a")
        assert first.get_last_usage().total_calls == 1
        assert second.get_last_usage().total_calls == 0
        assert handler.get_usage_summary().model_usage_summaries["small"].total_calls == 1


@pytest.mark.parametrize("prompt", [7, None, [], ["text"], {"role": "user"}])
def test_a_prompt_that_is_none_is_refused(prompt: Any) -> None:
    with pytest.raises(ValueError, match="Invalid prompt type"):
        to_messages(prompt)


def test_window_of_gpt_4_1_is_not_that_of_gpt_4() -> None:
    tree = Tree(lambda _: "", lambda _: "")
    tree.root.client.model = "gpt-4.1"
    with tree.installed() as scope:
        run = TreeRLM(scope, backend="openai", backend_kwargs={"model_name": "gpt-4.1"}, compaction=True)
        assert run._get_compaction_status([])[2] >= 1_000_000


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ("Just text.", "Just text."),
        ("```repl\nx = 1\n```", ""),
        ("```repl\nnever closed", ""),
        ("Before\n```repl\nx\n```\nafter\n```python\ny\n```", "Before\n\nafter"),
        ("```text\nkept\n```", "```text\nkept\n```"),
    ],
)
def test_prose_is_what_is_not_code(response: str, said: str) -> None:
    assert prose(response) == said


def test_a_prompt_escaped_is_the_prompt_formatted() -> None:
    prompt = 'JSON {"a": {}} and {custom_tools_section} and {custom_tools} and {'
    formatted = escape_system_prompt(prompt).format(custom_tools_section="TOOLS")
    assert formatted == prompt.replace("{custom_tools_section}", "TOOLS")


def test_the_first_answer_of_an_iteration_counts() -> None:
    from test_trajectory_log import iteration

    assert answer_of(iteration()) == "42"
