"""The workers that the tests fork from a template are workers like any other."""

from __future__ import annotations

import signal
import subprocess

import pytest
from worker_harness import WAIT_SECONDS, Worker

pytestmark = pytest.mark.slow


def test_a_forked_worker_says_and_obeys_as_a_cold_one_does() -> None:
    with Worker() as forked, Worker(cold=True) as cold:
        said = [{**worker.wait_type("worker.ready"), "pid": worker.process.pid} for worker in (forked, cold)]
        assert said == [worker.messages[0] for worker in (forked, cold)]
        assert {**said[0], "pid": 0} == {**said[1], "pid": 0}
        for worker in (forked, cold):
            worker.send({"type": "shutdown"})
            assert worker.process.wait(WAIT_SECONDS) == 0


@pytest.mark.parametrize("cold", [False, True], ids=["forked", "cold"])
def test_that_it_was_killed_is_told(cold: bool) -> None:
    with Worker(cold=cold) as worker:
        worker.wait_type("worker.ready")
        assert worker.process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            worker.process.wait(0.01)
        worker.process.kill()
        assert worker.process.wait(WAIT_SECONDS) == worker.process.poll() == -signal.SIGKILL
