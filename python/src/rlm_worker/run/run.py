"""One run: from a spec to exactly one terminal event, whatever happens in between."""

from __future__ import annotations

import contextvars
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

from .._generated.messages import RunSecrets, RunSpec
from ..answers.outcome import Completed, Failed, failed
from ..cancel import ENDED, RunStopped, StopSignal
from ..carried_context import carried
from ..coverage import Coverage
from ..direct.prompt import texts_of
from ..direct.run import DirectRLM
from ..direct.strategy import Choice, choose, instead_of_direct
from ..environments.warm import warm_kernels
from ..errors import RunError
from ..journal.journal import Journal
from ..loop.recursive import official_root, outcome_of
from ..loop.scope import IN_PROCESS_ENVIRONMENTS, Node, working_for
from ..loop.trajectory_log import TrajectoryLog
from ..loop.tree import TreeRLM
from ..wire.events import Events, Write
from ..wire.host_requests import HostRequests
from ..wire.log_events import logged_as_events
from ..wire.redaction import Redactor
from .preparation import RunServices, prepare
from .session import Session

UNWIND_GRACE_SECONDS = 0.45
"""How long a stopped run may take to unwind before its terminal event goes out without it."""

LATE_UNWIND_SECONDS = 15.0
"""How long a run of a session may go on unwinding after that: its REPL stays, and the next run waits."""

if TYPE_CHECKING:
    from .._generated.outgoing import RunErrorCode, StopReason


class Keeper(Protocol):
    """Who keeps the runs of this process."""

    def ended(self, run: Run) -> None:
        """Called just before its terminal event is written."""
        ...

    def stuck(self, run: Run) -> None:
        """Called when its thread does not unwind: before its terminal event, and for one of a session long after it."""
        ...

    def unwound(self, run: Run) -> None:
        """Called when its thread is about to end."""
        ...


class Run:
    """One run in its own thread, whose context goes wherever something is done for it."""

    def __init__(
        self,
        run_id: str,
        spec: RunSpec,
        *,
        session: Session | None,
        take_secrets: Callable[[str], RunSecrets | None],
        write: Write,
        keeper: Keeper,
    ) -> None:
        """``session``: whose REPL it works in, and leaves there; None: in one of its own."""
        self.id = run_id
        self._spec = spec
        self._take_secrets = take_secrets
        self._keeper = keeper
        self._stop = StopSignal()
        redact = Redactor()
        self._events = Events(run_id, write, redact)
        self.host = HostRequests(run_id, write, self._stop)
        self._services = RunServices(run_id, self._stop, self._events, redact, self.host, session)
        self._started = time.perf_counter()
        self._root: TreeRLM | DirectRLM | None = None
        self._coverage: Coverage | None = None
        self._journal: Journal | None = None
        self._deadline: threading.Timer | None = None
        self._end_lock = threading.Lock()
        self._ended = False
        self._context = contextvars.Context()
        self._thread = threading.Thread(target=self._context.run, args=(self._run,), name="run", daemon=True)

    @property
    def shares(self) -> bool:
        """Whether others may go on in this process meanwhile."""
        return shares_worker(self._spec)

    def start(self) -> None:
        try:
            self._begin()
        except RuntimeError as error:  # no threads left
            self._end(failed(error))
            self._keeper.unwound(self)

    def _begin(self) -> None:
        self._stop.on_stop(self._watch_unwinding)
        if self._spec.limits.max_duration_ms is not None:
            seconds = self._spec.limits.max_duration_ms / 1000
            message = f"The run took longer than maxDurationMs ({seconds:g} s). Raise it, or ask for less."
            alive = 0.0 if self._spec.journal is None else self._spec.journal.alive_ms / 1000
            self._deadline = _timer(max(0.0, seconds - alive), lambda: self.stop("duration_exceeded", message))
        self._thread.start()

    def stop(self, code: RunErrorCode, message: str) -> None:
        """Stop the run; its terminal event follows within about a second. The first reason counts."""
        try:
            self._context.copy().run(self._stop.stop, code, message)
        except ExceptionGroup:  # the rest of the run is stopped all the same
            traceback.print_exc(file=sys.stderr)

    def join(self, timeout: float) -> None:
        """Wait for its thread, for up to ``timeout`` seconds."""
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            outcome = self._outcome()
        except BaseException as error:
            outcome = failed(error)
        if self._is_stopped and (self._stop.code == "cancelled" or isinstance(outcome, Failed)):
            outcome = self._stopped()  # what broke because the run was stopped is not why it ended
        if self._end(outcome):
            warm_kernels().refill(self.id)
        else:
            warm_kernels().forget(self.id)
        self._keeper.unwound(self)

    def _outcome(self) -> Completed | Failed:
        spec, services = self._spec, self._services
        with ExitStack() as stack:
            if services.session is not None:
                stack.enter_context(services.session.held(self._stop))
            stack.enter_context(logged_as_events(self._events))
            scope, context = prepare(spec, self._take_secrets(self.id), services, stack)
            self._coverage, self._journal = scope.coverage, scope.journal
            stack.enter_context(working_for(scope, Node("0", 0, scope.models.root, "root")))
            choice = _known(scope.journal) or choose(
                spec, context.streamed if context else None, scope.models.root, scope.prices
            )
            early = list[str]()
            log = (
                None
                if spec.log_dir is None
                else TrajectoryLog(spec.log_dir, services.redact, early.append, spec.environment)
            )
            if choice.strategy == "direct":
                try:
                    direct = DirectRLM(scope, texts_of(context.streamed), log)
                    self._announce(choice, log, early)
                    self._root = direct
                    return direct.outcome()
                except RunError as error:
                    choice = instead_of_direct(spec, choice, error)
                    stack.enter_context(working_for(scope, Node("0", 0, scope.models.root, "root")))
            root = official_root(scope, log)
            self._announce(choice, log, early)
            self._root = root
            if services.session is not None:
                stack.enter_context(services.session.turn(root))
            return outcome_of(root, context)

    def _announce(self, choice: Choice, log: TrajectoryLog | None, early: list[str]) -> None:
        """The first events; ``early``: what the log had to say before. A second choice is announced alone."""
        if self._root is not None:
            self._events.strategy_chosen(choice.strategy, choice.reason, choice.context_tokens)
            return
        spec = self._spec
        self._events.run_started(
            root_model=spec.root_model.model,
            sub_model=spec.sub_model.model,
            environment=spec.environment,
            log_file=log.log_file_path if log else None,
        )
        self._events.strategy_chosen(choice.strategy, choice.reason, choice.context_tokens)
        for message in early:
            self._events.warn(message)
        if log:
            log.warn = self._events.warn

    def _report_coverage(self) -> None:
        """Of a run that was announced; an error is no reason to lose the answer."""
        if self._coverage is None or self._root is None:
            return
        try:
            measured = self._coverage.report(stopped=self._is_stopped)
        except Exception as error:
            self._events.warn(f"The coverage could not be measured: {error}")
        else:
            if measured is not None:
                self._events.coverage_measured(measured)
        if self._services.session is None:
            self._coverage.close()

    def _watch_unwinding(self) -> None:
        if self._stop.code != ENDED:
            _timer(UNWIND_GRACE_SECONDS, self._give_up)

    def _give_up(self) -> None:
        is_turn = self._services.session is not None
        if self._thread.is_alive() and self._end(self._stopped(), is_stuck=not is_turn) and is_turn:
            _timer(LATE_UNWIND_SECONDS, self._give_up_for_good)

    def _give_up_for_good(self) -> None:
        if self._thread.is_alive():
            self._keeper.stuck(self)

    @property
    def _is_stopped(self) -> bool:
        """Before its end: a turn of a session stops what it left behind when it has ended."""
        return self._stop.stopped and self._stop.code != ENDED

    def _stopped(self) -> Failed:
        return failed(RunStopped(self._stop.code or "cancelled", self._stop.message or ""))

    def _stop_reason(self, outcome: Failed) -> StopReason | None:
        """None for a run that never ran. One that asked a model did: what it spent is told, whatever broke it."""
        if self._root is None:
            return None
        if outcome.stop_reason is not None or outcome.code == "cancelled":
            return outcome.stop_reason
        return "environment_error" if self._root.scope.ledger.calls else None

    def _end(self, outcome: Completed | Failed, *, is_stuck: bool = False) -> bool:
        """Write the terminal event; False when it was written before. ``is_stuck``: its thread did not unwind."""
        with self._end_lock:
            if self._ended:
                return False
            self._ended = True
        if self._deadline:
            self._deadline.cancel()
        duration_ms = (time.perf_counter() - self._started) * 1000
        partial = self._root.partial_answer if self._root else None
        self._report_coverage()
        if self._journal is not None:
            self._journal.flush()
        if is_stuck:
            self._keeper.stuck(self)
        self._keeper.ended(self)
        if isinstance(outcome, Completed):
            self._events.run_completed(answer=outcome.answer, duration_ms=duration_ms)
        else:
            self._events.run_failed(
                code=outcome.code,
                stop_reason=self._stop_reason(outcome),
                message=outcome.message,
                partial_answer=partial if outcome.partial_answer is None else outcome.partial_answer,
                duration_ms=duration_ms,
            )
        return True


def shares_worker(spec: RunSpec) -> bool:
    """A session's runs share with no other, nor do those of official environments: some run code in this process."""
    return spec.session is None and spec.environment in IN_PROCESS_ENVIRONMENTS


def _known(journal: Journal) -> Choice | None:
    """What an earlier life of the run chose."""
    recorded = journal.recorded.strategy
    return None if recorded is None else Choice(recorded.strategy, recorded.reason, recorded.context_tokens)


def _timer(seconds: float, action: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, carried(action))
    timer.daemon = True
    timer.start()
    return timer
