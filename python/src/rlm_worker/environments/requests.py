"""llm_query, rlm_query and their batches, served: each request in a thread of its own, its calls recorded in order of
asking."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, cast

from rlm.core.comms_utils import LMRequest, send_lm_request, send_lm_request_batched
from rlm.core.types import RLMChatCompletion

from .payload import well_formed

MAX_THREADS = 64
NO_HANDLER = "Error: No LM handler configured"

Address = tuple[str, int]
SubcallFn = Callable[[str, str | None], RLMChatCompletion]
Outcome = tuple[str, RLMChatCompletion | None]


class SubCallRouter(Protocol):
    def sub_calls(self, prompts: list[str], model: str | None, depth: int) -> list[RLMChatCompletion]:
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
        reply: Callable[[int, list[str]], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self.address: Address | None = None
        self._depth = depth
        self._max_concurrent = max_concurrent_subcalls
        self._subcall_fn = subcall_fn
        self._route = route
        self._reply = reply
        self._fail = fail
        self._lock = threading.Lock()
        self._records: list[list[RLMChatCompletion] | None] = []
        self._waiting: queue.SimpleQueue[tuple[int, dict[str, Any]] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def submit(self, request: dict[str, Any]) -> None:
        """Returns at once; the reply follows from another thread."""
        with self._lock:
            self._records.append(None)
            slot = len(self._records) - 1
            self._waiting.put((slot, request))
            if self._idle >= self._waiting.qsize() or len(self._threads) >= MAX_THREADS:
                return
            thread = threading.Thread(target=self._serve, name="rlm-sub-call", daemon=True)
            self._threads.append(thread)
        thread.start()

    def take_calls(self) -> list[RLMChatCompletion]:
        """The successful calls since the last time, in order of asking; what is still under way stays for the next."""
        with self._lock:
            calls = [call for record in self._records if record for call in record]
            for slot, record in enumerate(self._records):
                if record:
                    self._records[slot] = []
            if all(record is not None for record in self._records):
                self._records.clear()
        return calls

    def close(self, timeout_s: float) -> None:
        """Let every thread end: they leave by themselves once the run is stopped or their call is done."""
        with self._lock:
            threads = list(self._threads)
        for _ in threads:
            self._waiting.put(None)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(timeout_s)

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            item = self._waiting.get()
            with self._lock:
                self._idle -= 1
            if item is None:
                return
            slot, request = item
            try:
                outcomes = self._answer(request["kind"], _clean(request["prompts"]), request["model"])
            except BaseException as error:
                self._record(slot, [])
                self._fail(error)
                continue
            # Recorded first: with the reply the code block may end at once.
            self._record(slot, [call for _, call in outcomes if call is not None])
            self._reply(request["id"], [text for text, _ in outcomes])

    def _record(self, slot: int, calls: list[RLMChatCompletion]) -> None:
        with self._lock:
            self._records[slot] = calls

    def _answer(self, kind: str, prompts: list[Any], model: str | None) -> list[Outcome]:
        if kind.startswith("rlm") and self._subcall_fn is not None:
            return self._run_children(self._subcall_fn, prompts, model)
        address = self.address
        if not address:
            return [(NO_HANDLER, None)] * len(prompts)
        try:
            router = self._route(address)
            if router is not None:
                return [_outcome(call, call.error) for call in router.sub_calls(prompts, model, self._depth)]
            return self._ask_socket(address, kind, prompts, model)
        except Exception as error:
            return [(f"Error: LM query failed - {error}", None)] * len(prompts)

    def _ask_socket(self, address: Address, kind: str, prompts: list[Any], model: str | None) -> list[Outcome]:
        if kind.endswith("batched"):
            replies = send_lm_request_batched(address, prompts, model=model, depth=self._depth)
        else:
            replies = [send_lm_request(address, LMRequest(prompt=prompts[0], model=model, depth=self._depth))]
        return [_outcome(reply.chat_completion, reply.error) for reply in replies]

    def _run_children(self, subcall_fn: SubcallFn, prompts: list[Any], model: str | None) -> list[Outcome]:
        def run(prompt: Any) -> Outcome:
            try:
                call = subcall_fn(prompt, model)
                return call.response, call
            except Exception as error:
                return f"Error: RLM query failed - {error}", None

        if len(prompts) == 1:
            return [run(prompts[0])]
        with ThreadPoolExecutor(min(self._max_concurrent, len(prompts)), "rlm-child") as pool:
            return list(pool.map(run, prompts))


def _outcome(call: RLMChatCompletion | None, error: str | None) -> Outcome:
    if error is not None:
        return f"Error: {error}", None
    if call is None:
        return "Error: No completion returned", None
    return well_formed(call.response), call


def _clean(value: Any) -> Any:
    """Prompts as they came, with every text in them well formed."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, list):
        return [_clean(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {well_formed(key): _clean(item) for key, item in cast("dict[str, Any]", value).items()}
    return value
