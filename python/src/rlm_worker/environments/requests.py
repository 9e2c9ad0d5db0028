"""llm_query, rlm_query, their batches and host tools, served: each request in a thread of its own, its calls recorded
in order of asking."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Protocol, TypeVar

from rlm.core.comms_utils import LMRequest, send_lm_request, send_lm_request_batched
from rlm.core.types import RLMChatCompletion

from ..cancel import RunStopped, StopSignal
from ..carried_context import carried
from ..clients.reply_schema import Schema
from ..json_texts import with_texts
from ..kernel.calls import refused
from ..kernel.messages import Request, ToolCall
from ..unicode_text import well_formed
from .call_result import CallResult, failure
from .logged_calls import as_logged

MAX_THREADS = 64
NO_HANDLER = "No LM handler configured"

Result = TypeVar("Result")
Address = tuple[str, int]
SubcallFn = Callable[[str, str | None], RLMChatCompletion]
CallTool = Callable[[str, dict[str, Any], StopSignal], dict[str, str]]
"""Calls a host tool by name: ``value``, JSON text, or ``error``. It gives up when its last argument fires."""


class SubCallRouter(Protocol):
    def sub_calls(
        self, prompts: list[str], model: str | None, depth: int, schema: Schema | None = None
    ) -> list[RLMChatCompletion]:
        """Order kept; a failed one has ``error`` set and an empty response. Raises RunStopped."""
        ...


class RequestService:
    """``address`` is read for each request, as it changes between the turns of a persistent environment."""

    def __init__(
        self,
        *,
        depth: int,
        max_concurrent_subcalls: int,
        subcall_fn: SubcallFn | None,
        route: Callable[[Address], SubCallRouter | None],
        call_tool: CallTool,
        reply: Callable[[int, list[Any]], None],
        fail: Callable[[BaseException], None],
        keeps_calls: bool = True,
    ) -> None:
        """``keeps_calls``: somebody takes the calls, by ``take_calls``."""
        self.address: Address | None = None
        self._depth = depth
        self._max_concurrent = max_concurrent_subcalls
        self._subcall_fn = subcall_fn
        self._route = route
        self._call_tool = call_tool
        self._unwanted = StopSignal()
        self._reply = reply
        self._fail = fail
        self._keeps_calls = keeps_calls
        self._lock = threading.Lock()
        self._slots = count(1)
        self._records: dict[int, list[RLMChatCompletion]] = {}
        self._waiting: queue.SimpleQueue[tuple[int, Request | ToolCall, StopSignal] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unserved = 0
        """Requests that wait for a thread or have one: each has its own, up to MAX_THREADS."""

        self._closed = False
        self._cut_off: list[Request | ToolCall] = []

    def submit(self, request: Request | ToolCall) -> None:
        """Returns at once; the reply follows from another thread."""
        with self._lock:
            is_refused = self._closed
            failure = None if is_refused else self._accept(request)
        if is_refused:
            self._refuse(request, "no run is going on in this REPL")
        if failure is not None:
            self._fail(failure)

    def _accept(self, request: Request | ToolCall) -> RuntimeError | None:
        """Under the lock, so that ``close`` finds no thread that has not started. A failure, when nobody will serve it:
        where no thread can be started, those that there are do so later."""
        self._waiting.put((next(self._slots), request, self._unwanted))
        self._unserved += 1
        if len(self._threads) >= min(self._unserved, MAX_THREADS):
            return None
        thread = threading.Thread(target=carried(self._serve), name="rlm-sub-call", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            return None if self._threads else error
        self._threads.append(thread)
        return None

    def take_calls(self) -> list[RLMChatCompletion]:
        """The successful calls since the last time, in order of asking; what is still under way stays for the next."""
        with self._lock:
            records, self._records = self._records, {}
        return [call for slot in sorted(records) for call in records[slot]]

    def forget_tools(self) -> None:
        """Give up every call of a tool under way: whoever asked is gone."""
        unwanted, self._unwanted = self._unwanted, StopSignal()
        unwanted.stop("cancelled", "given up: the run, or the interpreter that asked, has ended")

    def close(self, timeout_s: float) -> bool:
        """Let every thread end: they leave by themselves once the run is stopped or their call is done. False when some
        have not, in that time. What waits for a thread, and what is asked from now on, is refused; and what the end of
        the run cut off, only now: the code that asked has been interrupted before it hears of it."""
        with self._lock:
            self._closed = True
            cut_off, self._cut_off = [*self._cut_off, *self._take_waiting()], []
        for request in cut_off:
            self._refuse(request, "the run has ended")
        self.forget_tools()
        with self._lock:
            threads = list(self._threads)
        for _ in threads:
            self._waiting.put(None)
        until = time.monotonic() + timeout_s
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _take_waiting(self) -> Iterator[Request | ToolCall]:
        with suppress(queue.Empty):
            while (item := self._waiting.get_nowait()) is not None:
                yield item[1]

    def _serve(self) -> None:
        while (item := self._waiting.get()) is not None:
            self._serve_one(*item)
            del item  # megabytes of prompts, for as long as nothing else is asked
            with self._lock:
                self._unserved -= 1

    def _serve_one(self, slot: int, request: Request | ToolCall, unwanted: StopSignal) -> None:
        try:
            results = self._results(request, unwanted)
        except RunStopped as stopped:
            self._fail(stopped)
            self._cut(request, str(stopped))
            return
        except BaseException as error:
            self._fail(error)
            self._refuse(request, str(error))
            return
        if self._keeps_calls:  # first: with the reply the code block may end at once
            self._record(slot, [as_logged(call) for result in results for call in result.calls])
        self._reply(request.id, [result.value for result in results])

    def _cut(self, request: Request | ToolCall, reason: str) -> None:
        with self._lock:
            if not self._closed:
                self._cut_off.append(request)
                return
        self._refuse(request, reason)

    def _refuse(self, request: Request | ToolCall, reason: str) -> None:
        self._reply(request.id, refused(request, reason))

    def _record(self, slot: int, calls: list[RLMChatCompletion]) -> None:
        if calls:
            with self._lock:
                self._records[slot] = calls

    def _results(self, request: Request | ToolCall, unwanted: StopSignal) -> list[CallResult]:
        if isinstance(request, ToolCall):
            return [
                CallResult(
                    self._call_tool(request.tool, with_texts(request.arguments, well_formed, well_formed), unwanted)
                )
            ]
        ask = partial(self._ask, request.kind, request.model)
        prompts, schema = with_texts(request.prompts, well_formed, well_formed), request.schema
        if schema is None:
            return ask(None, prompts)
        from .typed_calls import typed_calls  # takes a while, and most runs have none

        return typed_calls(well_formed(schema), prompts, ask)

    def _ask(self, kind: str, model: str | None, schema: Schema | None, prompts: list[Any]) -> list[CallResult]:
        if kind.startswith("rlm") and self._subcall_fn is not None:
            return self._run_children(_with(self._subcall_fn, schema), prompts, model)
        address = self.address
        if not address:
            return [failure(NO_HANDLER)] * len(prompts)
        try:
            router = self._route(address)
            if router is not None:
                calls = _with(router.sub_calls, schema)(prompts, model, self._depth)
                return [_result_of(call, call.error) for call in calls]
            return self._ask_socket(address, kind, prompts, model)
        except Exception as error:
            return [failure(f"LM query failed - {error}")] * len(prompts)

    def _ask_socket(self, address: Address, kind: str, prompts: list[Any], model: str | None) -> list[CallResult]:
        if kind.endswith("batched"):
            replies = send_lm_request_batched(address, prompts, model=model, depth=self._depth)
        else:
            replies = [send_lm_request(address, LMRequest(prompt=prompts[0], model=model, depth=self._depth))]
        return [_result_of(reply.chat_completion, reply.error) for reply in replies]

    def _run_children(self, subcall_fn: SubcallFn, prompts: list[Any], model: str | None) -> list[CallResult]:
        def run(prompt: Any) -> CallResult:
            try:
                call = subcall_fn(prompt, model)
                return CallResult(call.response, [call], failed=call.response.startswith("Error: "))
            except Exception as error:
                return failure(f"RLM query failed - {error}")

        if len(prompts) == 1:
            return [run(prompts[0])]
        with ThreadPoolExecutor(min(self._max_concurrent, len(prompts)), "rlm-child") as pool:
            return list(pool.map(carried(run), prompts))


def _with(ask: Callable[..., Result], schema: Schema | None) -> Callable[..., Result]:
    """A call with a schema; without one, as the official library asks."""
    return ask if schema is None else partial(ask, schema=schema)


def _result_of(call: RLMChatCompletion | None, error: str | None) -> CallResult:
    if error is not None:
        return failure(error)
    if call is None:
        return failure("No completion returned")
    return CallResult(well_formed(call.response), [call])
