"""Direct runs, in the real worker: one prompt, no environment, and the events, log and bill of a loop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, answer, cell, in_turn
from worker_harness import Message, Run, Worker, spec


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


def files(tmp_path: Path, **texts: bytes) -> Message:
    named: list[Message] = []
    for name, data in texts.items():
        path = tmp_path / name
        path.write_bytes(data)
        named.append({"name": f"src/{name}", "path": str(path)})
    return {"kind": "files", "files": named}


def json_context(tmp_path: Path, value: Any) -> Message:
    path = tmp_path / "context.json"
    path.write_text(json.dumps(value), "utf-8")
    return {"kind": "json", "path": str(path)}


def chosen(run: Run) -> Message:
    [event] = run.of("strategy.chosen")
    return event


def test_one_request_with_the_whole_text_and_no_environment(worker: Worker, tmp_path: Path) -> None:
    text = "Ada signed.\r\n\tIt rained.\n\n"
    with FakeProvider(in_turn(Reply("  Ada\n"))) as provider:
        run = worker.run(spec(provider.url, tmp_path, context=text, strategy="direct"))
    assert run.answer == "  Ada\n"
    [request] = provider.requests
    assert request.model == "root-model"
    assert [message["role"] for message in request.messages] == ["system", "user", "user"]
    assert request.messages[1]["content"] == f"<document>\n{text}\n</document>"
    assert request.messages[2]["content"] == "Answer the following: What is it?"
    assert [event["type"] for event in run.events] == [
        *("run.started", "strategy.chosen", "iteration.started", "call.started", "call.completed"),
        *("iteration.completed", "coverage.measured", "run.completed"),
    ]
    assert (run.roles, run.totals["calls"], run.totals["subCalls"]) == (["root"], 1, 0)
    assert (chosen(run)["strategy"], chosen(run)["reason"]) == ("direct", "asked for")
    assert chosen(run)["contextTokens"] > 5
    [iteration] = run.of("iteration.completed")
    assert (iteration["iteration"], iteration["codeBlocks"], iteration["answer"]) == (1, 0, "  Ada\n")


def test_documents_stand_verbatim_under_their_names(worker: Worker, tmp_path: Path) -> None:
    context = files(tmp_path, **{"a.ts": b"let a;\r\n", "b.ts": "ü\n".encode()})
    with FakeProvider(in_turn(Reply("x"))) as provider:
        worker.run({**spec(provider.url, tmp_path, strategy="direct"), "context": context})
    assert provider.requests[0].messages[1]["content"] == (
        '<document name="src/a.ts">\nlet a;\r\n\n</document>\n\n<document name="src/b.ts">\nü\n\n</document>'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["one", {"ü": [1, None]}], '<document name="0">\none\n</document>\n\n<document name="1">\n{"ü": [1, null]}'),
        ({'a "b"': "t\n", "n": 1.5}, '<document name="a \\"b\\"">\nt\n\n</document>\n\n<document name="n">\n1.5'),
    ],
)
def test_json_values_are_texts_or_json(worker: Worker, tmp_path: Path, value: Any, expected: str) -> None:
    with FakeProvider(in_turn(Reply("x"))) as provider:
        worker.run({**spec(provider.url, tmp_path, strategy="direct"), "context": json_context(tmp_path, value)})
    assert provider.requests[0].messages[1]["content"] == f"{expected}\n</document>"


def test_the_system_prompt_is_the_users_when_there_is_one(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(Reply("x"))) as provider:
        worker.run(spec(provider.url, tmp_path, strategy="direct", systemPrompt="Be {brief}."))
    assert provider.requests[0].messages[0] == {"role": "system", "content": "Be {brief}."}


def test_the_log_is_one_official_iteration_without_the_context(worker: Worker, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    with FakeProvider(in_turn(Reply("Ada"))) as provider:
        run = worker.run(spec(provider.url, tmp_path, context="x " * 50_000, strategy="direct", logDir=str(logs)))
    [file] = logs.iterdir()
    assert run.of("run.started")[0]["logFile"] == str(file)
    metadata, iteration = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert (metadata["type"], metadata["root_model"], metadata["max_iterations"]) == ("metadata", "root-model", 5)
    assert (iteration["type"], iteration["iteration"], iteration["code_blocks"]) == ("iteration", 1, [])
    assert (iteration["response"], iteration["final_answer"]) == ("Ada", "Ada")
    assert [message["role"] for message in iteration["prompt"]] == ["system", "user", "user"]
    assert file.stat().st_size < 10_000


def test_a_context_that_does_not_fit_is_known_before_anything_is_sent(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(Reply("x"))) as provider:
        wanted = spec(provider.url, tmp_path, context="word " * 9_000, strategy="direct", logDir=str(tmp_path / "logs"))
        wanted["rootModel"]["model"] = "gpt-4"
        run = worker.run(wanted)
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("context_too_long", None)
    assert "gpt-4" in run.terminal["message"] and "recurse" in run.terminal["message"]
    assert (provider.requests, [event["type"] for event in run.events]) == ([], ["run.failed"])
    assert not (tmp_path / "logs").exists()


def test_a_query_counts_too(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(Reply("x"))) as provider:
        wanted = spec(provider.url, tmp_path, strategy="direct", query="word " * 9_000)
        wanted["rootModel"]["model"] = "gpt-4"
        run = worker.run(wanted)
    assert (run.terminal["code"], provider.requests) == ("context_too_long", [])


def test_answers_without_text_are_told_and_the_third_in_a_row_is_a_failure(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(Reply(" \n"))) as provider:
        run = worker.run(spec(provider.url, tmp_path, strategy="direct"))
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("no_usable_reply", "provider_error")
    assert [request.turns for request in provider.requests] == [0, 0, 0]
    assert "could not be used: the model answered without any text" in provider.requests[1].last


def test_an_answer_that_was_cut_off_is_none(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(lambda _: Reply("the first half", finish_reason="length")) as provider:
        run = worker.run(spec(provider.url, tmp_path, strategy="direct", answer=CHECKED))
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("answer_too_large", "invalid_answer")
    assert run.terminal["partialAnswer"] == "the first half"
    assert (len(provider.requests), len(run.of("iteration.completed"))) == (1, 1)


def test_auto_puts_a_short_text_into_one_prompt(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(Reply("Ada"))) as provider:
        run = worker.run(spec(provider.url, tmp_path, strategy="auto"))
    assert (run.answer, len(provider.requests)) == ("Ada", 1)
    tokens = chosen(run)["contextTokens"]
    assert chosen(run)["reason"] == f"the context has {tokens:,} tokens, measured: at most 16,384"


@pytest.mark.parametrize(
    ("context", "reason", "measured"),
    [
        ("word " * 16_385, "the context has 16,385 tokens, measured: more than 16,384", True),
        ("word " * 300_000, "1,500,000 bytes of context are more than 16,384 tokens; not counted", False),
    ],
)
def test_auto_recurses_over_a_long_text(
    worker: Worker, tmp_path: Path, context: str, reason: str, measured: bool
) -> None:
    with FakeProvider(in_turn(Reply(cell("print(len(context))")), answer("'done'"))) as provider:
        run = worker.run(spec(provider.url, tmp_path, context=context, strategy="auto"))
    assert (run.answer, chosen(run)["strategy"], chosen(run)["reason"]) == ("done", "recurse", reason)
    assert chosen(run)["contextTokens"] == (16_385 if measured else None)


def test_auto_recurses_where_the_window_is_small(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(answer("'done'"))) as provider:
        wanted = spec(provider.url, tmp_path, context="word " * 5_000, strategy="auto")
        wanted["rootModel"]["model"] = "gpt-4"
        run = worker.run(wanted)
    assert (run.answer, chosen(run)["strategy"]) == ("done", "recurse")
    assert "more than half of what a prompt of gpt-4 holds" in chosen(run)["reason"]


TOO_LONG = Reply(
    "This model's maximum context length is 4096 tokens. However, your messages resulted in 5030 tokens.", status=400
)


def test_auto_falls_back_to_recursion_when_the_provider_finds_the_prompt_too_long(
    worker: Worker, tmp_path: Path
) -> None:
    with FakeProvider(in_turn(TOO_LONG, answer("context[:4]"))) as provider:
        wanted = spec(provider.url, tmp_path, context="word " * 5_000, strategy="auto")
        wanted["rootModel"]["model"] = "of-unknown-window"
        run = worker.run(wanted)
    assert run.answer == "word"
    assert [event["strategy"] for event in run.of("strategy.chosen")] == ["direct", "recurse"]
    reason = run.of("strategy.chosen")[1]["reason"]
    assert "5,030" in reason and "4,096" in reason
    assert len(run.of("run.started")) == 1
    first = run.of("call.completed")[0]
    assert (first["error"]["code"], first["costUsd"]) == ("context_too_long", 0)


def test_one_prompt_that_was_asked_for_and_is_too_long_fails_with_both_numbers(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(TOO_LONG)) as provider:
        wanted = spec(provider.url, tmp_path, context="word " * 5_000, strategy="direct")
        wanted["rootModel"]["model"] = "of-another-window"
        failed = worker.run(wanted).terminal
    assert (failed["code"], len(provider.requests)) == ("context_too_long", 1)
    assert "5,030" in failed["message"] and "4,096" in failed["message"]


def test_recursion_that_was_asked_for_counts_nothing(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(answer("'done'"))) as provider:
        run = worker.run(spec(provider.url, tmp_path))
    assert [event["type"] for event in run.events][:2] == ["run.started", "strategy.chosen"]
    assert (chosen(run)["strategy"], chosen(run)["reason"], chosen(run)["contextTokens"]) == (
        *("recurse", "asked for"),
        None,
    )


CHECKED = {"schema": {"type": "object"}, "check": True, "requireCoverage": None, "typedSubCalls": False}


def judged(worker: Worker, run_id: str, wanted: Message, *verdicts: list[Message]) -> Run:
    """The run, its answers judged as ``verdicts`` say, one after the other."""
    worker.start(wanted, run_id)
    for number, problems in enumerate(verdicts, start=1):
        question = worker.wait_type("answer.check", id=run_id, requestId=f"request-{number}")
        request = {"id": run_id, "requestId": question["requestId"]}
        worker.send({"type": "answer.result", **request, "problems": problems})
    return worker.finish(run_id)


WRONG = {"source": "schema", "path": "age", "message": "is required"}


def test_a_refused_answer_is_handed_back_in_the_same_conversation(worker: Worker, tmp_path: Path) -> None:
    said = iter(['{"name": "Ada"}', '{"name": "Ada", "age": 36}'])
    with FakeProvider(lambda _: Reply(next(said))) as provider:
        wanted = spec(provider.url, tmp_path, strategy="direct", answer=CHECKED)
        run = judged(worker, "refused-once", wanted, [WRONG], [])
    assert run.answer == '{"name": "Ada", "age": 36}'
    first, second = provider.requests
    assert '"type": "object"' in first.messages[0]["content"]
    assert second.messages[:3] == first.messages
    assert second.messages[3] == {"role": "assistant", "content": '{"name": "Ada"}'}
    assert "- age: is required" in second.messages[4]["content"]
    [rejected] = run.of("answer.rejected")
    assert (rejected["iteration"], rejected["answer"], rejected["problems"]) == (1, '{"name": "Ada"}', [WRONG])
    assert [event["iteration"] for event in run.of("iteration.completed")] == [1, 2]


def test_refused_to_the_end_is_no_answer(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(lambda _: Reply("nonsense")) as provider:
        wanted = spec(provider.url, tmp_path, strategy="direct", answer=CHECKED, maxIterations=2)
        run = judged(worker, "refused-twice", wanted, [WRONG], [WRONG])
    assert len(provider.requests) == 2
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("invalid_answer", "invalid_answer")
    assert run.terminal["partialAnswer"] == "nonsense"
    assert "age: is required" in run.terminal["message"]


def test_the_same_fault_as_often_as_allowed_ends_it(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(lambda _: Reply("nonsense")) as provider:
        wanted = spec(provider.url, tmp_path, strategy="direct", answer=CHECKED, maxIterations=20, maxRefusals=2)
        run = judged(worker, "refused-alike", wanted, [WRONG], [WRONG])
    assert len(provider.requests) == 2
    assert (run.terminal["code"], run.terminal["partialAnswer"]) == ("invalid_answer", "nonsense")
    assert "same fault 2 times: age: is required" in run.terminal["message"]


def test_a_direct_call_is_cancelled_while_it_waits(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(lambda _: Reply(hold=True)) as provider:
        worker.start(spec(provider.url, tmp_path, strategy="direct"), "cancelled")
        provider.wait(lambda provider: len(provider.requests) == 1)
        worker.send({"type": "run.cancel", "id": "cancelled"})
        run = worker.finish("cancelled")
        provider.wait(lambda provider: provider.closed == 1)
    assert run.terminal["code"] == "cancelled"
    assert run.of("call.completed")[0]["outcome"] == "abandoned"


def test_a_cap_holds_for_a_direct_call(worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn(Reply("x"))) as provider:
        run = worker.run(spec(provider.url, tmp_path, strategy="direct", maxBudgetUsd=0.0001))
    assert (run.terminal["code"], provider.requests) == ("budget_exceeded", [])
