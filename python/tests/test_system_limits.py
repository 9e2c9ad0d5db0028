"""Few descriptors, no threads left, no memory: typed, with the command that raises the limit."""

from __future__ import annotations

import errno
import os
import sys

import httpx2
import pytest

from rlm_worker.answers.outcome import failed
from rlm_worker.clients.failures import CallTarget, provider_failure
from rlm_worker.environments.launcher import not_started
from rlm_worker.environments.process import KernelProcess, Spawned
from rlm_worker.system_limits import limit_in_words, limit_met

NO_THREAD = RuntimeError("can't start new thread")


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (os_error(errno.EMFILE), "`ulimit -n 4096`"),
        (os_error(errno.ENFILE), "`sysctl fs.file-max`"),
        (os_error(errno.EAGAIN), "`ulimit -u`"),
        (os_error(errno.ENOMEM), "no memory left"),
        (NO_THREAD, "--pids-limit"),
        (caused(ValueError("odd"), os_error(errno.EMFILE)), "`ulimit -n 4096`"),
        (ExceptionGroup("all attempts", [os_error(errno.EMFILE)]), "`ulimit -n 4096`"),
    ],
)
def test_a_limit_is_told_with_the_command_that_raises_it(error: Exception, advice: str) -> None:
    outcome = failed(error)
    assert (outcome.code, outcome.stop_reason) == ("system_limit_reached", "environment_error")
    assert advice in outcome.message


@pytest.mark.parametrize("error", [ValueError("Too many open files"), os_error(errno.ECONNREFUSED), RuntimeError("x")])
def test_any_other_error_is_none(error: Exception) -> None:
    assert limit_met(error) is None


def test_an_error_that_led_to_itself_has_an_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert limit_met(first) is None


@pytest.mark.parametrize("cause", [os_error(errno.EMFILE), NO_THREAD])
def test_a_connection_that_meets_a_limit_is_not_the_providers_and_may_be_tried_again(cause: Exception) -> None:
    target = CallTarget("openai", "m", "http://127.0.0.1/v1", "sk-0123456789", "OPENAI_API_KEY")
    failure = provider_failure(caused(httpx2.ConnectError("no"), cause), target)
    assert (failure.code, failure.retryable, failure.unsent) == ("system_limit_reached", True, True)
    assert "ulimit" in failure.message
    assert "base URL" not in failure.message


@pytest.mark.parametrize(
    "words",
    [
        "kernel: BlockingIOError: [Errno 11] Resource temporarily unavailable",
        "the interpreter failed: OSError: [Errno 24] Too many open files",
        "runtime: failed to create new OS thread (have 5 already; errno=11)\nfatal error: newosproc",
    ],
)
def test_the_last_words_of_a_process_tell_of_a_limit(words: str) -> None:
    assert not_started(words).code == "system_limit_reached"
    assert not_started("the container did not start: odd", words).code == "system_limit_reached"
    assert not_started("the container did not start: odd").code == "environment_start_failed"


def test_a_program_that_says_why_and_then_dumps_its_state_is_understood() -> None:
    program = "import sys; sys.stderr.write('fatal error: newosproc\\n' + 'goroutine 1 [running]\\n' * 5_000)"
    process = KernelProcess(Spawned([sys.executable, "-c", program], {}, None))
    process.wait(60)
    words = process.stderr_tail()
    process.release()
    assert limit_in_words(words) is not None
    assert words.endswith("goroutine 1 [running]\n")
    assert len(words) < 10_000


def test_a_kernel_whose_reader_cannot_be_started_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise NO_THREAD

    before = set(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.start", refuse)
        with pytest.raises(OSError, match="can't start new thread"):
            KernelProcess(Spawned([sys.executable, "-c", "input()"], {}, None))
    assert set(os.listdir("/proc/self/fd")) <= before
