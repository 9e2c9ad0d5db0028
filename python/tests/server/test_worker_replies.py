"""Replies that are no answers, or no whole ones, in runs of the real worker: what is told, counted, billed, read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, Reply, Request, Script, answer, cell, in_turn
from worker_harness import Run, Worker, spec

pytestmark = pytest.mark.slow

Runner = Callable[..., tuple[Run, FakeProvider]]

REFUSED = Reply("", finish_reason="content_filter")
UNUSABLE = {
    "refused": REFUSED,
    "refused, in words": Reply("", message={"refusal": "I will not."}),
    "empty": Reply(""),
    "empty but for white space": Reply(" \u3000\u200b\n"),
    "empty but for reasoning": Reply("", message={"reasoning_content": "Let me see."}),
    "unsupported": Reply("", message={"tool_calls": [{"id": "1"}]}),
    "refused, as a plain error": Reply(body='{"error": "no"}'),
}
CUT = Reply("the first ha", 40, 5, finish_reason="length")
ASKED = 'print(llm_query("Read this: " + context))'


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for the file: each run must leave it fit for the next."""
    with Worker() as worker:
        yield worker


@pytest.fixture
def run(worker: Worker, tmp_path: Path) -> Runner:
    def run(script: Script, **changes: Any) -> tuple[Run, FakeProvider]:
        with FakeProvider(script) as provider:
            bounded = changes.pop("bounded", None)
            wanted = spec(provider.url, tmp_path, **{"maxIterations": 10, **changes})
            if bounded is not None:
                wanted["rootModel"]["samplingArgs"] = {"max_tokens": bounded}
            return worker.run(wanted), provider

    return run


def completed(run: Run, role: str) -> list[dict[str, Any]]:
    return [call for call in run.of("call.completed") if call["role"] == role]


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_sub_call_that_says_nothing_is_an_error_in_the_repl_counted_and_its_prompt_not_read(
    run: Runner, kind: str
) -> None:
    done, provider = run(in_turn(cell(ASKED), answer("'done'"), sub=lambda _: UNUSABLE[kind]))
    [call] = completed(done, "llm_query")
    reason = kind.split()[0].strip(",")
    assert (call["outcome"], call["finishReason"], call["error"]["code"]) == ("failed", reason, "no_usable_reply")
    assert "Error: " in done.of("codeBlock.completed")[0]["stdout"]
    assert done.of("coverage.measured")[0]["byRole"]["sub"] == 0
    assert (done.totals["subCalls"], done.terminal["answer"]) == (1, "done")
    if UNUSABLE[kind].body is None:
        assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)
    else:
        assert done.totals["costUsd"] is None


@pytest.mark.parametrize("kind", [*UNUSABLE, "cut"])
def test_the_coverage_that_is_required_is_not_met_by_replies_that_say_nothing(run: Runner, kind: str) -> None:
    required = {"schema": None, "check": False, "requireCoverage": 0.95, "typedSubCalls": False}
    document = "\n".join(f"line {number} of a document that one sub-call is to read" for number in range(60))
    said = CUT if kind == "cut" else UNUSABLE[kind]
    turns = in_turn(cell("llm_query(context)"), answer("'done'"), sub=lambda _: said)
    done, _ = run(turns, context=document, answer=required, maxIterations=3)
    assert (done.terminal["type"], done.terminal["code"]) == ("run.failed", "insufficient_coverage")
    assert done.of("coverage.measured")[0]["seenFraction"] == 0


@pytest.mark.parametrize("kind", UNUSABLE)
def test_the_root_is_told_and_no_message_is_empty(run: Runner, kind: str) -> None:
    done, provider = run(in_turn(UNUSABLE[kind], UNUSABLE[kind], answer("'done'")))
    assert done.terminal["answer"] == "done"
    last = provider.requests[-1].messages
    assert sum("Your last response could not be used: the model" in message["content"] for message in last) == 2
    assert all(message["content"].strip() for message in last)


@pytest.mark.parametrize("kind", UNUSABLE)
def test_three_in_a_row_end_the_run_with_what_it_cost(run: Runner, kind: str) -> None:
    done, provider = run(in_turn(UNUSABLE[kind]))
    assert (done.terminal["code"], done.terminal["stopReason"]) == ("no_usable_reply", "provider_error")
    assert (len(provider.requests), done.totals["calls"], len(done.of("iteration.completed"))) == (3, 3, 3)
    if UNUSABLE[kind].body is None:
        assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_an_answer_in_between_begins_the_count_again(run: Runner) -> None:
    turns = [REFUSED, REFUSED, Reply(cell("print(1)")), REFUSED, REFUSED, Reply(answer("'done'"))]
    done, _ = run(in_turn(*turns))
    assert done.terminal["answer"] == "done"


def test_the_repl_and_the_root_are_told_of_a_cut_reply_and_its_bound(run: Runner) -> None:
    done, provider = run(in_turn(cell(ASKED), answer("'done'"), sub=lambda _: CUT))
    [call] = completed(done, "llm_query")
    assert (call["outcome"], call["finishReason"]) == ("succeeded", "length")
    block = done.of("codeBlock.completed")[0]
    assert (block["stdout"], block["status"]) == ("the first ha\n", "ok")
    said = "1 of 1 reply of a sub-call was cut at the bound of the model's output, after 5 output tokens"
    assert said in block["stderr"] and said in provider.requests[-1].messages[-2]["content"]
    assert done.of("coverage.measured")[0]["byRole"]["sub"] == 0


def test_a_cut_root_reply_is_run_and_its_model_told(run: Runner) -> None:
    first = Reply(cell("print(41 + 1)"), completion_tokens=7, finish_reason="length")
    done, provider = run(in_turn(first, answer("'done'")), bounded=7)
    told = [message["content"] for message in provider.requests[-1].messages]
    assert any("42" in text for text in told)
    assert any(text.startswith("Your last response was cut at its bound of 7 output tokens") for text in told)
    assert done.terminal["answer"] == "done"


def test_a_typed_sub_call_whose_reply_was_cut_asks_again(run: Runner) -> None:
    typed = {"schema": None, "check": False, "requireCoverage": None, "typedSubCalls": True}

    def sub(request: Request) -> Reply:
        return Reply("1234") if "was cut" in request.last else Reply("12", finish_reason="length")

    turns = [cell('print(llm_query("How many?", schema={"type": "integer"}))'), answer("'done'")]
    done, _ = run(in_turn(*turns, sub=sub), answer=typed)
    assert done.of("codeBlock.completed")[0]["stdout"] == "1234\n"


def test_a_child_is_told_and_ends_after_three_in_a_row(run: Runner) -> None:
    turns = [cell('print(rlm_query("Think."))'), answer("'done'")]
    done, provider = run(in_turn(*turns, sub=lambda _: REFUSED), maxDepth=2)
    assert len(completed(done, "child")) == 3
    assert "Error: " in done.of("codeBlock.completed")[0]["stdout"]
    assert done.terminal["answer"] == "done"
    assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_an_unusable_default_answer_leaves_the_run_exhausted(run: Runner) -> None:
    done, _ = run(in_turn(cell("print(1)"), REFUSED), maxIterations=1)
    assert (done.terminal["code"], done.totals["calls"]) == ("max_iterations", 2)
    assert any("final answer, failed" in log["message"] for log in done.of("log"))


def test_a_body_cut_in_the_middle_is_tried_again_and_its_cost_is_unknown(run: Runner) -> None:
    done, provider = run(in_turn(Reply(body='{"choices": [{"mess'), answer("'done'")))
    [call] = completed(done, "root")
    assert (call["outcome"], call["retries"], call["costUsd"], call["finishReason"]) == ("succeeded", 1, None, "stop")
    assert (len(provider.requests), done.totals["costUsd"]) == (2, None)


@pytest.mark.long
def test_nobody_listening_costs_nothing(run: Runner, worker: Worker, tmp_path: Path) -> None:
    with FakeProvider(in_turn("unused")) as gone:
        wanted = spec(gone.url, tmp_path)
    done = worker.run(wanted)
    assert (done.terminal["code"], done.totals["costUsd"]) == ("provider_unreachable", 0)


def test_a_server_that_drops_the_beginning_of_a_prompt_is_warned_about_and_nothing_read(
    run: Runner,
) -> None:
    context = "".join(f"{number:06d} {number * 7919 % 1000003}\n" for number in range(11_000))
    sub = Reply("fine", prompt_tokens=2050)
    done, _ = run(in_turn(cell(ASKED), answer("'done'"), sub=lambda _: sub), context=context)
    [warning] = [log["message"] for log in done.of("log") if log["level"] == "warning"]
    assert "counted 2,050" in warning and "num_ctx" in warning
    assert done.of("coverage.measured")[0]["byRole"]["sub"] == 0


def test_code_that_was_not_run_is_said_not_to_have_been(run: Runner) -> None:
    done, provider = run(in_turn("```python\nprint(1)\n```", answer("'done'")))
    assert any("Nothing was run" in message["content"] for message in provider.requests[-1].messages)
    assert done.terminal["answer"] == "done"


def test_thinking_is_no_part_of_a_sub_calls_answer(run: Runner) -> None:
    thought = Reply("<think>Hm.</think>\n\n42")
    done, _ = run(in_turn(cell(ASKED), answer("'done'"), sub=lambda _: thought))
    assert done.of("codeBlock.completed")[0]["stdout"] == "42\n"


def test_an_empty_prompt_is_not_sent(run: Runner) -> None:
    done, provider = run(in_turn(cell('print(llm_query(" "))'), answer("'done'")))
    assert "Error: The prompt is empty" in done.of("codeBlock.completed")[0]["stdout"]
    assert [request.model for request in provider.requests] == ["root-model", "root-model"]
    assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_a_lone_surrogate_in_a_root_reply_is_no_end(run: Runner) -> None:
    surrogate = Reply(answer("'done'") + "\ud800")
    done, _ = run(in_turn(surrogate))
    assert done.terminal["answer"] == "done"


def compacting(*summaries: Reply) -> Script:
    """Fills the window of the root with one cell; the summaries in turn, the last one again and again."""
    said: list[Reply] = []

    def script(request: Request) -> Reply:
        if any("Summarize your progress" in message["content"] for message in request.messages):
            said.append(summaries[min(len(said), len(summaries) - 1)])
            return said[-1]
        compacted = "compacted 1 time" in str(request.messages)
        return Reply(answer("'done'") if compacted else cell("print('x' * 460_000)"), 300, 20)

    return script


SUMMARY = Reply("Many x were seen.", 120_000, 60)


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_summary_that_says_nothing_is_asked_for_again_and_billed(run: Runner, kind: str) -> None:
    script = compacting(UNUSABLE[kind], UNUSABLE[kind], SUMMARY)
    done, provider = run(script, compaction=True, maxOutputChars=500_000)
    assert done.roles == ["root", "compaction", "compaction", "compaction", "root"]
    assert done.terminal["answer"] == "done"
    told = [request.messages[-2:] for request in provider.requests[1:4]]
    assert ["could not be used" in str(messages) for messages in told] == [False, True, True]
    assert all(message["content"].strip() for request in provider.requests for message in request.messages)
    if UNUSABLE[kind].body is None:
        assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)
    else:
        assert done.totals["costUsd"] is None


@pytest.mark.parametrize("kind", UNUSABLE)
def test_three_summaries_in_a_row_that_say_nothing_end_the_run_with_what_it_cost(run: Runner, kind: str) -> None:
    done, provider = run(compacting(UNUSABLE[kind]), compaction=True, maxOutputChars=500_000)
    assert (done.terminal["code"], done.terminal["stopReason"]) == ("no_usable_reply", "provider_error")
    assert done.roles == ["root", "compaction", "compaction", "compaction"]
    if UNUSABLE[kind].body is None:
        assert done.totals["costUsd"] == pytest.approx(float(provider.spent), abs=1e-12)


def test_a_summary_that_was_cut_is_used_and_the_root_told(run: Runner) -> None:
    cut = Reply("Many x were se", 120_000, 60, finish_reason="length")
    done, provider = run(compacting(cut), compaction=True, maxOutputChars=500_000)
    last = str(provider.requests[-1].messages)
    assert done.terminal["answer"] == "done"
    assert "Many x were se" in last and "Your last response was cut" in last
