"""Descriptors that run out in the middle of a run: typed, and nothing that was spent is lost."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from fake_provider import FakeProvider, Reply, Request, cell
from worker_harness import Worker, spec

pytestmark = pytest.mark.slow

BATCH = "print(llm_query_batched([str(n) for n in range(8)]))"


@pytest.mark.long
def test_descriptors_that_run_out_in_the_middle(tmp_path: Path) -> None:
    with Worker() as worker:
        pid = worker.process.pid
        most = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]

        def script(_: Request) -> Reply:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (5, most))
            return Reply(cell(BATCH))

        with FakeProvider(script) as provider:
            run = worker.run(spec(provider.url, tmp_path))
            assert run.totals["costUsd"] == pytest.approx(float(provider.spent))
            answered = [call for call in run.of("call.completed") if call["outcome"] == "succeeded"]
            assert len(answered) == len(provider.requests)
    assert (run.terminal["code"], run.terminal["stopReason"]) == ("system_limit_reached", "environment_error")
    assert "ulimit -n" in run.terminal["message"]
