"""A disk that is full or a folder that is gone, in the middle of a run: typed, with what was spent and learned."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider, Reply, Request, answer, cell, in_turn
from worker_harness import Worker, spec

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The worker's own, as the host names it."""
    return tmp_path / "rlm-bridge-worker-test"


@pytest.fixture
def worker(folder: Path) -> Iterator[Worker]:
    with Worker(env={"RLM_BRIDGE_FOLDER": str(folder)}) as worker:
        yield worker


DIES = "import os\nos._exit(3)"


def test_a_context_that_is_gone_when_the_repl_is_restarted(worker: Worker, tmp_path: Path) -> None:
    def sub(_: Request) -> Reply:
        (tmp_path / "context.txt").unlink()
        return Reply("read")

    code = "answer['content'] = 'half'\nllm_query('x')\nprint('kept')"
    script = in_turn(cell(code), cell(DIES), answer("'never'"), sub=sub)
    with FakeProvider(script) as provider:
        run = worker.run(spec(provider.url, tmp_path))
        assert run.totals["costUsd"] == pytest.approx(float(provider.spent))
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("context_unreadable", "environment_error")
    assert "No such file or directory" in run.terminal["message"]
    assert run.terminal["partialAnswer"] == "half"


def test_the_folder_of_children_that_is_gone(worker: Worker, folder: Path, tmp_path: Path) -> None:
    """The REPL of the run stands; those of children cannot be made, and the model is told."""

    def script(request: Request) -> Reply:
        shutil.rmtree(folder, ignore_errors=True)
        return Reply(answer("'told'") if request.turns else cell("print(rlm_query('x'))"))

    with FakeProvider(script) as provider:
        run = worker.run(spec(provider.url, tmp_path, maxDepth=2))
    assert run.answer == "told"
    said = run.of("codeBlock.completed")[0]["stdout"]
    assert said.startswith("Error: ")
    assert "the REPL's temporary folder cannot be made: No such file or directory; free space, or set TMPDIR" in said


def test_the_folder_that_is_gone_before_the_run(worker: Worker, folder: Path, tmp_path: Path) -> None:
    worker.line(0)
    while not folder.exists():
        pass
    shutil.rmtree(folder)
    with FakeProvider(in_turn(answer("'never'"))) as provider:
        run = worker.run(spec(provider.url, tmp_path))
        assert provider.requests == []
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("environment_start_failed", None)
    assert "temporary folder cannot be made" in run.terminal["message"]


@pytest.mark.parametrize("required", [None, 0.5])
def test_coverage_that_cannot_be_measured_loses_no_answer(
    worker: Worker, folder: Path, tmp_path: Path, required: float | None
) -> None:
    """Without requireCoverage the answer stands and a warning says why; with it the answer is the partial one."""

    def script(request: Request) -> Reply:
        if folder.exists():
            # A folder that takes no file any more: as of a full disk.
            shutil.rmtree(folder)
            os.symlink("/dev/full", folder)
        return Reply(answer("'paid for'"))

    asked = {"schema": None, "check": False, "requireCoverage": required, "typedSubCalls": False}
    with FakeProvider(script) as provider:
        run = worker.run(spec(provider.url, tmp_path, answer=asked))
        assert run.totals["costUsd"] == pytest.approx(float(provider.spent))
    folder.unlink()
    if required is None:
        assert run.answer == "paid for"
        assert "The coverage could not be measured" in run.of("log")[-1]["message"]
    else:
        assert (run.terminal["code"], run.terminal["stopReason"]) == ("insufficient_coverage", "insufficient_coverage")
        assert "What was read cannot be measured" in run.terminal["message"]
        assert run.terminal["partialAnswer"] == "paid for"


def test_a_log_that_cannot_be_written_costs_nothing_but_the_log(worker: Worker, tmp_path: Path) -> None:
    logs = tmp_path / "logs"

    def script(request: Request) -> Reply:
        shutil.rmtree(logs, ignore_errors=True)
        logs.write_text("a file in its place")
        return Reply(answer("'kept'"))

    with FakeProvider(script) as provider:
        run = worker.run(spec(provider.url, tmp_path, logDir=str(logs)))
    assert run.answer == "kept"
    assert [event["level"] for event in run.of("log")] == ["warning"]
