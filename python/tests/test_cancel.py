import threading

import pytest

from rlm_worker.cancel import RunStopped, StopSignal


def test_the_first_stop_wins() -> None:
    stop = StopSignal()
    assert stop.stop("cancelled", "first")
    assert not stop.stop("duration_exceeded", "second")
    assert (stop.stopped, stop.code, stop.message) == (True, "cancelled", "first")
    with pytest.raises(RunStopped) as raised:
        stop.raise_if_stopped()
    assert (raised.value.code, raised.value.message) == ("cancelled", "first")


def test_nothing_is_raised_before_the_stop() -> None:
    stop = StopSignal()
    stop.raise_if_stopped()
    assert (stop.stopped, stop.code, stop.message, stop.wait(0)) == (False, None, None, False)


def test_a_stopped_run_passes_through_handlers_of_exceptions() -> None:
    assert not issubclass(RunStopped, Exception)


def test_callbacks_run_once_in_the_stopping_thread_and_at_once_when_late() -> None:
    stop, seen = StopSignal(), list[str]()
    stop.on_stop(lambda: seen.append(threading.current_thread().name))
    forget = stop.on_stop(lambda: seen.append("forgotten"))
    forget()
    stopper = threading.Thread(target=stop.stop, args=("cancelled", ""), name="stopper")
    stopper.start()
    stopper.join()
    stop.on_stop(lambda: seen.append("late"))
    assert seen == ["stopper", "late"]


def test_every_callback_runs_whatever_another_raises() -> None:
    stop, seen = StopSignal(), list[str]()

    def broken() -> None:
        raise ValueError("broken")

    stop.on_stop(broken)
    stop.on_stop(lambda: seen.append("ran"))
    with pytest.raises(ExceptionGroup):
        stop.stop("cancelled", "")
    assert seen == ["ran"]


def test_waiting_ends_with_the_stop() -> None:
    stop = StopSignal()
    waiting = threading.Thread(target=stop.wait)
    waiting.start()
    stop.stop("cancelled", "")
    waiting.join(10)
    assert not waiting.is_alive()
