"""One run: from a spec to exactly one terminal event, whatever happens in between."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any, cast

from ._generated.messages import ModelSecrets, RunSecrets, RunSpec
from .cancel import RunStopped, StopSignal
from .clients import ModelClient, create_client
from .clients.loop import provider_loop
from .context import open_context
from .environments.warm import warm_kernels
from .events import Events, Redactor, Write
from .ledger import Ledger, unknown_price
from .log_events import logged_as_events
from .models import Models, priced_model
from .outcome import Answered, Failed, answered, exhausted, failed
from .prices import PriceBook
from .scope import Node, Scope, working_for
from .seams import installed
from .secret_texts import secret_texts
from .trajectory_log import TrajectoryLog
from .tree import TreeRLM, escape_system_prompt

UNWIND_GRACE_SECONDS = 0.45
"""How long a stopped run may take to unwind before its terminal event goes out without it."""

CLOSE_SECONDS = 1.0
"""How long closing idle connections may take."""

NO_SECRETS = ModelSecrets(api_key=None, backend_options={})


class Run:
    """One run in its own thread."""

    def __init__(
        self,
        run_id: str,
        spec: RunSpec,
        *,
        take_secrets: Callable[[str], RunSecrets | None],
        write: Write,
        ending: Callable[[], None],
        spent: Callable[[], None],
    ) -> None:
        """``ending`` is called just before the terminal event is written, ``spent`` after it when this process is unfit
        for another run: the thread did not unwind."""
        self.id = run_id
        self._spec = spec
        self._take_secrets = take_secrets
        self._ending = ending
        self._spent = spent
        self._stop = StopSignal()
        self._redact = Redactor()
        self._events = Events(run_id, write, self._redact)
        self._started = time.perf_counter()
        self._root: TreeRLM | None = None
        self._deadline: threading.Timer | None = None
        self._end_lock = threading.Lock()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="run", daemon=True)

    def start(self) -> None:
        self._stop.on_stop(self._watch_unwinding)
        if self._spec.limits.max_duration_ms is not None:
            seconds = self._spec.limits.max_duration_ms / 1000
            message = f"The run took longer than maxDurationMs ({seconds:g} s). Raise it, or ask for less."
            self._deadline = _timer(seconds, lambda: self.stop("duration_exceeded", message))
        self._thread.start()

    def stop(self, code: str, message: str) -> None:
        """Stop the run; its terminal event follows within half a second. The first reason counts."""
        try:
            self._stop.stop(code, message)
        except ExceptionGroup:  # the rest of the run is stopped all the same
            traceback.print_exc(file=sys.stderr)

    def leave(self, timeout: float) -> None:
        """It was this process's last: nothing is kept for another, and it has ``timeout`` seconds to unwind."""
        warm_kernels().close()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            outcome = self._outcome()
        except BaseException as error:
            outcome = failed(error)
        if self._stop.stopped and (self._stop.code == "cancelled" or isinstance(outcome, Failed)):
            outcome = self._stopped()  # what broke because the run was stopped is not why it ended
        if self._end(outcome):
            warm_kernels().refill()

    def _outcome(self) -> Answered | Failed:
        spec = self._spec
        with ExitStack() as stack:
            stack.enter_context(logged_as_events(self._events))
            scope, context = self._prepare(stack)
            stack.enter_context(installed(scope))
            stack.enter_context(working_for(Node("0", 0, scope.models.root, "root")))
            self._root = root = self._official(scope)
            try:
                completion = root.completion(context, root_prompt=spec.query)
            except Exception as error:
                if not root.exhausted:
                    raise
                self._events.warn(f"The last request, for a final answer, failed: {error}")
                return exhausted(spec.limits.max_iterations)
            return exhausted(spec.limits.max_iterations) if root.exhausted else answered(completion.response)

    def _prepare(self, stack: ExitStack) -> tuple[Scope, Any]:
        """Everything that can be wrong before the first call, in the order a user would want to hear of it."""
        spec, limits = self._spec, self._spec.limits
        secrets = self._take_secrets(self.id) or RunSecrets(id=self.id, root=NO_SECRETS, sub=NO_SECRETS)
        self._redact.learn(secret_texts(secrets))
        context = open_context(spec.context)
        prices = PriceBook(spec.prices)
        models = Models(
            root=priced_model(stack.enter_context(_closing(create_client(spec.root_model, secrets.root))), prices),
            sub=priced_model(stack.enter_context(_closing(create_client(spec.sub_model, secrets.sub))), prices),
        )
        if limits.max_budget_usd is not None:
            for model in (models.root, models.sub):
                if not prices.knows(model.backend, model.name):
                    raise unknown_price(model)
        ledger = Ledger(
            prices=prices,
            stop=self._stop,
            events=self._events,
            max_sub_calls=limits.max_sub_calls,
            max_concurrent_sub_calls=limits.max_concurrent_sub_calls,
            max_budget_usd=None if limits.max_budget_usd is None else Decimal(str(limits.max_budget_usd)),
            max_tokens=limits.max_tokens,
        )
        pool = ThreadPoolExecutor(limits.max_concurrent_sub_calls, thread_name_prefix="sub-call")
        scope = Scope(self.id, spec, self._stop, self._events, self._redact, ledger, models, prices, pool)
        stack.callback(scope.close)
        return scope, context

    def _official(self, scope: Scope) -> TreeRLM:
        """The root RLM, with the limits that are the ledger's left out; announces the run."""
        spec, early = self._spec, list[str]()
        log = None if spec.log_dir is None else TrajectoryLog(spec.log_dir, self._redact, early.append)
        root = TreeRLM(
            scope,
            backend=spec.root_model.backend,
            backend_kwargs={"model_name": spec.root_model.model},
            other_backends=[spec.sub_model.backend],
            other_backend_kwargs=[{"model_name": spec.sub_model.model}],
            environment=spec.environment,
            max_depth=spec.limits.max_depth,
            max_iterations=spec.limits.max_iterations,
            max_errors=spec.limits.max_errors,
            custom_system_prompt=None if spec.system_prompt is None else escape_system_prompt(spec.system_prompt),
            logger=log,
            compaction=spec.compaction,
            max_concurrent_subcalls=spec.limits.max_concurrent_sub_calls,
        )
        self._events.run_started(
            root_model=spec.root_model.model,
            sub_model=spec.sub_model.model,
            environment=spec.environment,
            log_file=log.log_file_path if log else None,
        )
        for message in early:
            self._events.warn(message)
        if log:
            log.warn = self._events.warn
        return root

    def _watch_unwinding(self) -> None:
        _timer(UNWIND_GRACE_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self._thread.is_alive() and self._end(self._stopped()):
            self._spent()

    def _stopped(self) -> Failed:
        return Failed(cast("str", self._stop.code), cast("str", self._stop.message))

    def _end(self, outcome: Answered | Failed) -> bool:
        """Write the terminal event; False when it was written before."""
        with self._end_lock:
            if self._ended:
                return False
            self._ended = True
        if self._deadline:
            self._deadline.cancel()
        duration_ms = (time.perf_counter() - self._started) * 1000
        partial = self._root.partial_answer if self._root else None
        self._ending()
        if isinstance(outcome, Answered):
            self._events.run_completed(answer=outcome.answer, duration_ms=duration_ms)
        else:
            self._events.run_failed(
                code=outcome.code,
                stop_reason=outcome.stop_reason if self._root else None,
                message=outcome.message,
                partial_answer=partial,
                duration_ms=duration_ms,
            )
        return True


def _timer(seconds: float, action: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
    return timer


@contextmanager
def _closing(client: ModelClient) -> Generator[ModelClient]:
    try:
        yield client
    finally:
        late = StopSignal()
        timer = _timer(CLOSE_SECONDS, lambda: late.stop("cancelled", "closing idle connections took too long"))
        try:
            provider_loop().call(client.aclose(), late)
        except (RunStopped, Exception):  # the bill and the answer are safe; the process closes what is left
            traceback.print_exc(file=sys.stderr)
        finally:
            timer.cancel()
