"""One kernel from start to end: launched, asked, answered, and never waited for in vain."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final

from ..cancel import RunStopped, StopSignal
from ..errors import EnvironmentFailure
from ..kernel.frames import FrameTooLarge, json_frame
from ..kernel.messages import Alive, Draft, Drafted, Ended, Fatal, Lost, Output, Request, Started, ToolCall
from .endings import now
from .inbox import Answer, Inbox, Question
from .kernel_gone import kernel_gone
from .kernel_listener import KernelListener
from .kernel_stream import KernelStream
from .launcher import Launcher, configuration
from .process import KernelProcess, ProcessGone
from .stopping import Stopping

if TYPE_CHECKING:
    from ..kernel.messages import FromSupervisor

log = logging.getLogger("rlm_worker.environments")

MAX_LAUNCHES: Final = 4
READER_GRACE_S: Final = 2.0
DRAFT_GRACE_S: Final = 1.0
"""For a stopped code block to say what its answer is so far; what that was at its last call is known."""
WATCH_S: Final = 1.0
PROBE_S: Final = 15.0
"""An interpreter that is not at a code block takes the next message at once; one that does not is replaced."""


class KernelClient:
    """``configure`` is the first message; the supervisor keeps it for every interpreter it starts.

    A stop of the run ends the kernel, unless it is ``lasting``: then it is there for another run, by ``resume``.
    One thread asks at a time (``send``, ``wait_for``); ``reply`` and ``fail`` may come from any thread. Every wait
    ends: the supervisor watches the code block of the interpreter, and this the supervisor.
    """

    def __init__(
        self,
        launcher: Launcher,
        stop: StopSignal,
        configure: dict[str, Any],
        listener: KernelListener,
        capture_chars: int,
    ) -> None:
        self.life = 0
        self.lasting = False
        self.used = False
        """The interpreter has run a code block: what fails in it may be its own doing."""
        self._launcher = launcher
        self._stop = stop
        self._configure, self._capture_chars = configure, capture_chars
        self._listener = listener
        self._inbox = Inbox()
        self._process: KernelProcess | None = None
        self._connection: KernelStream | None = None
        self._forget_stop: Callable[[], None] = lambda: None
        self._context = copy_context()  # of the run that has the kernel now: the reader thread works for it
        self._closed = False
        self._stopping = Stopping(self._hang_up)
        self._interrupted: Question[Ended] | None = None

    def start(self, timeout_s: float) -> None:
        """Raises EnvironmentFailure and RunStopped."""
        self._forget_stop = self._stop.on_stop(self._on_stop)
        for _ in range(MAX_LAUNCHES):
            self._stop.raise_if_stopped()
            deadline = time.monotonic() + timeout_s
            with self.asking(Started) as question:
                process = self._open(question.id, deadline)
                started = self._take(question, deadline)
            if started is not None:
                if started.problem is not None:
                    raise EnvironmentFailure("environment_start_failed", started.problem)
                if process.said:
                    log.warning("the REPL started, with the words: %s", process.said)
                return
            if self._inbox.ended is None:
                message = f"the REPL did not start within {timeout_s:g} s; raise environmentOptions.startTimeoutMs"
                raise EnvironmentFailure("environment_start_failed", message)
            self._drop_process()
            self._launcher.recover(process, self._stop)
        raise EnvironmentFailure("environment_start_failed", f"the REPL did not start in {MAX_LAUNCHES} attempts")

    @contextmanager
    def asking(self, *kinds: type[Answer]) -> Generator[Question[Answer]]:
        """A question for ``wait_for``, to be sent within; its answer is one of ``kinds``."""
        question = self._inbox.ask(*kinds)
        try:
            with self._stopping.asking(Ended in kinds):
                yield question
        finally:
            if question is not self._interrupted:
                self._inbox.forget(question)

    def send(self, message: dict[str, Any]) -> None:
        """Raises RunStopped, and EnvironmentFailure when the kernel is gone."""
        self.used = self.used or message["type"] == "execute"
        self._write(lambda connection: connection.send(message))

    def send_bytes(self, data: bytes) -> None:
        self._write(lambda connection: connection.send_bytes(data))

    def reply(self, request: int, results: list[Any]) -> None:
        """Results of a sub-call or a tool; a kernel that is gone does not want them any more."""
        connection = self._connection
        if connection is None:
            return
        with suppress(ProcessGone):
            try:
                connection.send({"type": "reply", "id": request, "results": results})
            except FrameTooLarge as error:
                refused = [f"Error: the results of one call are too large ({error})"] * len(results)
                connection.send({"type": "reply", "id": request, "results": refused})

    def wait_for(self, question: Question[Answer]) -> Answer:
        """Waits for an answer, or what was acknowledged. Raises as ``send`` does, and what ``fail`` was given."""
        answer = self.wait_until(None, question)
        assert answer is not None
        return answer

    def wait_until(self, deadline: float | None, question: Question[Answer]) -> Answer | None:
        """``wait_for``; None at ``deadline``, on the clock of ``time.monotonic``."""
        with self._stopping.waiting():
            try:
                answer = self._take(question, deadline)
            except RunStopped:
                self._ask_for_draft()
                self._hang_up()
                raise
        if answer is None and self._inbox.ended is not None:
            raise self._gone()
        return answer

    def probe(self) -> None:
        """Returns once the interpreter is ready for the next message, or its successor when it does not answer in time.
        Raises as ``wait_for`` does."""
        with self.asking(Alive) as question:
            self.send({"type": "probe", "id": question.id})
            if self.wait_until(time.monotonic() + PROBE_S, question) is None:
                self.replace(
                    f"it did not answer within {PROBE_S:g} s: it was stopped, or something in it never lets go"
                )
                self.wait_for(question)

    def replace(self, reason: str) -> None:
        """Have the interpreter replaced. Raises as ``send`` does."""
        self.send({"type": "replace", "life": self.life, "reason": reason})

    def interrupt(self, block: Question[Ended]) -> None:
        """End a code block that nobody waits for any more; ``resume`` waits for its end."""
        self._interrupted = block
        self._send_by(time.monotonic() + DRAFT_GRACE_S, {"type": "interrupt", "id": block.id})

    def resume(self, stop: StopSignal) -> Ended | None:
        """Another run takes over, with a stop signal of its own. Returns once the block that ``interrupt`` ended is
        over and the interpreter, or its successor, has answered: how the block ended. Raises EnvironmentFailure and
        RunStopped."""
        self._forget_stop()
        self._stop, self._inbox.failure, ended = stop, None, None
        self._context = copy_context()
        self._forget_stop = stop.on_stop(self._on_stop)
        if self._interrupted is not None:
            self.interrupt(self._interrupted)  # the pipe may have been full
            ended = self.wait_for(self._interrupted)
            self._inbox.forget(self._interrupted)
            self._interrupted = None
        self.probe()
        return ended

    def pause(self) -> None:
        """The run is over; the kernel stays for the next."""
        self._forget_stop()

    def fail(self, error: BaseException) -> None:
        """Make the waiting thread raise ``error``: a run that must end was noticed elsewhere."""
        self._inbox.fail(error)

    def close(self, begin_end: Callable[[Callable[[], None]], None] = now) -> None:
        """The kernel is told to end, and not listened to any more; nothing of it is left when ``begin_end`` has done
        what it is given. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._forget_stop()
        if self._process is not None and self._connection is not None:
            self._connection.ignore()
            self._process.hang_up()
        begin_end(self._end)

    def _end(self) -> None:
        self._drop_process()
        self._launcher.close()

    def _open(self, configure: int, deadline: float) -> KernelProcess:
        self._inbox.ended = None
        process = self._process = self._launcher.launch(self._stop)
        connection = self._connection = KernelStream(process)
        connection.open(lambda message: self._context.run(self._on_message, message), self._inbox.end)
        with suppress(ProcessGone):
            process.load(configuration(self._launcher, self._capture_chars), deadline)
            connection.send({**self._configure, "id": configure})
        if self._stop.stopped:
            process.hang_up()
        return process

    def _drop_process(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is None or connection is None:
            return
        process.hang_up()
        self._launcher.end(process)
        connection.join(READER_GRACE_S)
        process.release()

    def _write(self, write: Callable[[KernelStream], None]) -> None:
        self._stop.raise_if_stopped()
        if self._connection is None:
            raise self._gone()
        try:
            write(self._connection)
        except ProcessGone:
            self._stop.raise_if_stopped()
            raise self._gone() from None

    def _take(self, question: Question[Answer], deadline: float | None) -> Answer | None:
        """None when the kernel ended, or the time is up."""

        def settled() -> bool:
            return self._stop.stopped or self._inbox.failure is not None

        while True:
            left_s = WATCH_S if deadline is None else min(WATCH_S, deadline - time.monotonic())
            answer = self._inbox.wait(question, settled, max(0.0, left_s))
            self._stop.raise_if_stopped()
            if self._inbox.failure is not None:
                raise self._inbox.failure
            if answer is not None or self._inbox.ended is not None or left_s <= 0:
                return answer
            self._watch()

    def _watch(self) -> None:
        if self._process is not None and self._connection is not None and not self._connection.answers():
            self._inbox.end("it does not answer any more")
            self._process.hang_up()

    def _ask_for_draft(self) -> None:
        """The answer so far of a block about to be ended. A kernel that is slow to say it is not waited for."""
        until = time.monotonic() + DRAFT_GRACE_S
        with self.asking(Draft) as question:
            self._send_by(until, {"type": "peek_answer", "id": question.id})
            found = self._inbox.wait(question, lambda: False, max(0.0, until - time.monotonic()))
        if found is not None:
            self._listener.on_draft(found.content)

    def _send_by(self, deadline: float, message: dict[str, Any]) -> None:
        """As far as the kernel takes it by then; also when the run is stopped."""
        process = self._process
        if process is not None:
            with suppress(ProcessGone):
                process.write(json_frame(message), deadline)

    def _gone(self) -> EnvironmentFailure:
        reason = self._inbox.ended or "it takes no more input"
        return kernel_gone(reason, self._process.stderr_tail().strip() if self._process else "")

    def _on_stop(self) -> None:
        self._stopping.stop(DRAFT_GRACE_S)
        self._inbox.wake()

    def _hang_up(self) -> None:
        process = self._process
        if process is not None and not self.lasting:
            process.hang_up()

    def _on_message(self, message: FromSupervisor) -> None:
        if isinstance(message, Output):
            self._listener.on_output(message.stream, message.text)
        elif isinstance(message, Drafted):
            self._listener.on_draft(message.content)
        elif isinstance(message, Request | ToolCall):
            self._listener.on_request(message)
        elif isinstance(message, Lost):
            self.life, self.used = message.life, False
            self._listener.on_lost(message.reason)
        elif isinstance(message, Fatal):
            self._inbox.end(message.reason)
        else:
            self._inbox.hear(message)
