import os
import signal
import threading

import pytest

from rlm_worker.wire.stdio import LineReader, LineTooLong


def lines(data: bytes, max_bytes: int = 100) -> list[bytes | LineTooLong]:
    reader, writer = os.pipe()
    threading.Thread(target=lambda: (os.write(writer, data), os.close(writer))).start()
    try:
        return list(LineReader(reader, max_bytes))
    finally:
        os.close(reader)


def test_lines_split_on_newlines_only() -> None:
    assert lines("a\r\n\u2028b\n\n".encode()) == [b"a\r", "\u2028b".encode(), b""]


def test_an_unfinished_last_line_is_not_a_line() -> None:
    assert lines(b"whole\nhalf") == [b"whole"]


@pytest.mark.parametrize("size", [101, 300_000])
def test_a_line_over_the_cap_is_reported_once_and_skipped(size: int) -> None:
    before, too_long, after = lines(b"before\n" + b"x" * size + b"\nafter\n")
    assert (before, after) == (b"before", b"after")
    assert isinstance(too_long, LineTooLong)


def test_a_line_at_the_cap_is_taken() -> None:
    assert lines(b"x" * 100 + b"\n") == [b"x" * 100]


def test_an_interrupt_ends_the_lines() -> None:
    reader, writer = os.pipe()
    wake_reader, wake_writer = os.pipe()
    os.write(wake_writer, b"\0")
    os.write(writer, b"line\n")
    assert list(LineReader(reader, 100, interrupt=wake_reader)) == []


def test_a_signal_that_the_system_gives_to_another_thread_is_handled_at_once() -> None:
    """As any thread may be given one that is sent to the process."""
    wire, wire_end = os.pipe()
    wake_reader, wake_writer = os.pipe()
    signals, signal_writer = os.pipe()
    os.set_blocking(signal_writer, False)
    before = signal.signal(signal.SIGTERM, lambda *_: os.write(wake_writer, b"\0"))
    former = signal.set_wakeup_fd(signal_writer)
    given = threading.Timer(0.3, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM))
    rescue = threading.Timer(30, lambda: os.write(wire_end, b"it was not handled\n"))
    try:
        given.start()
        rescue.start()
        assert list(LineReader(wire, 100, wake_reader, signals)) == []
    finally:
        rescue.cancel()
        signal.set_wakeup_fd(former)
        signal.signal(signal.SIGTERM, before)
