"""A stopped run leaves every wait with RunStopped, and nothing of the kernel stays."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from repl_harness import Bench, MakeBench, SubCalls, containers

from rlm_worker._generated.messages import TextContext
from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.context import open_context
from rlm_worker.environments import kernel_client
from rlm_worker.environments.inbox import Question
from rlm_worker.environments.kernel_client import KernelClient


@pytest.fixture
def run(make: MakeBench) -> Bench:
    """One that its test may end."""
    return make()


def stop_while(run: Bench, code: str, ready: Callable[[], object]) -> RunStopped:
    """The exception ``code`` ends with when the run is stopped once ``ready`` returns."""
    raised: list[RunStopped] = []

    def execute() -> None:
        try:
            run(code)
        except RunStopped as stopped:
            raised.append(stopped)

    thread = threading.Thread(target=execute)
    thread.start()
    assert ready()
    run.stop.stop("cancelled", "the user asked")
    thread.join(30)
    assert not thread.is_alive()
    return raised[0]


def test_in_a_busy_code_block_whose_draft_survives(run: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_client, "DRAFT_GRACE_S", 30.0)  # so that a busy machine is no slow kernel
    code = "answer['content'] = 'so far'\nprint('on')\nwhile True: pass"
    stopped = stop_while(run, code, lambda: run.recorder.first_output.wait(30))
    assert (stopped.code, stopped.message) == ("cancelled", "the user asked")
    assert run.repl.answer_content == "so far"
    with pytest.raises(RunStopped):
        run("print('again')")


def test_the_draft_survives_a_stop_before_who_asked_for_the_code_block_waits(
    run: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_client, "DRAFT_GRACE_S", 30.0)
    wait_for = KernelClient.wait_for

    def late(kernel: KernelClient, question: Question[Any]) -> Any:
        assert run.recorder.first_output.wait(30)
        run.stop.stop("cancelled", "the user asked")
        return wait_for(kernel, question)

    monkeypatch.setattr(KernelClient, "wait_for", late)
    with pytest.raises(RunStopped):
        run("answer['content'] = 'so far'\nprint('on')\nwhile True: pass")
    assert run.repl.answer_content == "so far"


def test_the_draft_of_a_code_block_in_a_sub_call_survives(run: Bench) -> None:
    stop_while(run, "answer['content'] = ['a', 1]\nllm_query('wait')", run.router.arrived)
    assert run.repl.answer_content == '["a", 1]'


def test_the_draft_survives_when_a_sub_call_is_what_stops_the_run(make: MakeBench) -> None:
    """As at a limit of tokens or money: the thread that asked for the sub-call ends the block's wait too."""
    stop = StopSignal()
    run = make(stop=stop, router=SubCalls(stop, max_tokens=0))
    with pytest.raises(RunStopped, match="Raise maxTokens"):
        run("answer['content'] = 'half'\nllm_query('x')")
    assert run.repl.answer_content == "half"


@pytest.mark.parametrize("ask", ["llm_query('wait')", "llm_query_batched(['wait', 'x'])"])
@pytest.mark.parametrize(
    ("content", "draft"),
    [("'half'", "half"), ("{'a': [1, None, 0.5]}", '{"a": [1, null, 0.5]}'), ("'x' * 3_000_000", "x" * 1_000_000)],
)
def test_the_draft_is_known_before_a_sub_call_is_served(lend: MakeBench, ask: str, content: str, draft: str) -> None:
    """So that nothing is lost of it with a kernel that says nothing any more."""
    seen: list[str | None] = []

    class Watching(SubCalls):
        def sub_calls(self, prompts: list[Any], model: str | None, depth: int, schema: Any = None) -> list[Any]:
            seen.append(run.repl.answer_content)
            return super().sub_calls(prompts, model, depth, schema)

    run = lend(router=Watching(StopSignal()))
    once = ask.replace("wait", "y")
    run(f"answer['content'] = {content}\n{once}\n{once}\nanswer['content'] = ''\n{once}\nanswer['content'] = 'other'")
    assert run.repl.answer_content == "other"
    run(f"answer['content'] = {content}\n{once}")
    assert seen == [draft, draft, None, draft]


def test_a_draft_that_only_code_of_the_model_could_tell_is_told_at_the_end_of_the_block(lend: MakeBench) -> None:
    run = lend()
    code = """
class Strange:
    def __str__(self):
        llm_query('told')
        return 'strange'
answer['content'] = Strange()
llm_query('asked')
"""
    run(code)
    assert [prompt for prompts, _, _ in run.router.asked for prompt in prompts] == ["asked", "told"]
    assert run.repl.answer_content == "strange"


def test_between_code_blocks(run: Bench) -> None:
    run.stop.stop("duration_exceeded", "time is up")
    for step in (
        lambda: run("1"),
        lambda: run.repl.add_context("x"),
        lambda: run.repl.update_handler_address(("h", 2)),
    ):
        with pytest.raises(RunStopped, match="time is up"):
            step()


def test_before_the_start(make: MakeBench) -> None:
    stop, run_id = StopSignal(), uuid.uuid4().hex
    stop.stop("cancelled", "early")
    with pytest.raises(RunStopped):
        make(stop=stop, run_id=run_id)


@pytest.mark.parametrize("delay_ms", [1, 40, 120, 250, 400])
def test_during_the_start_of_a_container(make_docker: MakeBench, delay_ms: int) -> None:
    stop, run_id = StopSignal(), uuid.uuid4().hex
    timer = threading.Timer(delay_ms / 1000, lambda: stop.stop("cancelled", "early"))
    timer.start()
    with pytest.raises(RunStopped):
        run = make_docker(stop=stop, run_id=run_id)
        try:
            run("while True: pass")
        finally:
            run.repl.cleanup()
    timer.join()
    assert containers(f"label=rlm-bridge.run={run_id}") == []


def test_while_a_context_is_loaded(run: Bench, tmp_path: Path) -> None:
    with open(tmp_path / "large", "wb") as file:
        file.truncate(2 << 30)
    timer = threading.Timer(0.1, lambda: run.stop.stop("cancelled", "enough"))
    timer.start()
    with pytest.raises(RunStopped, match="enough"):
        run.repl.add_context(open_context(TextContext(path=str(tmp_path / "large"))))
    timer.join()
