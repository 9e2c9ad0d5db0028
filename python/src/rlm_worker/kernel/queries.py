"""llm_query and its three companions: requests to the worker, answered over the same pipe."""

from __future__ import annotations

import sys
from _thread import allocate_lock
from collections.abc import Callable
from itertools import count
from os import getpid
from typing import Any

from .frames import FrameTooLarge
from .messages import is_prompt


class _Waiting:
    def __init__(self) -> None:
        self.answered = allocate_lock()
        self.answered.acquire()
        self.results: list[str] = []


class Queries:
    """Any number of threads may ask at once; a reply finds its thread by the request's id."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._ids = count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._pid = getpid()

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The four functions of the official REPL, each with its official signature."""

        def llm_query(prompt: Any, model: str | None = None) -> str:
            return self._ask("llm", [prompt], model)[0]

        def llm_query_batched(prompts: Any, model: str | None = None) -> list[str]:
            return self._ask("llm_batched", _as_list(prompts), model)

        def rlm_query(prompt: Any, model: str | None = None) -> str:
            return self._ask("rlm", [prompt], model)[0]

        def rlm_query_batched(prompts: Any, model: str | None = None) -> list[str]:
            return self._ask("rlm_batched", _as_list(prompts), model)

        return {f.__name__: f for f in (llm_query, llm_query_batched, rlm_query, rlm_query_batched)}

    def deliver(self, request: int, results: list[str]) -> None:
        waiting = self._waiting.pop(request, None)
        if waiting is not None:
            waiting.results = results
            waiting.answered.release()

    def _ask(self, kind: str, prompts: list[Any], model: str | None) -> list[str]:
        if not prompts:
            return []
        if getpid() != self._pid:
            return [f"Error: {kind}_query works in the REPL's own process, not in a forked child"] * len(prompts)
        if not all(map(is_prompt, prompts)):
            return ["Error: LM query failed - a prompt is a text or a list of messages"] * len(prompts)
        _flush_output()
        request, waiting = next(self._ids), _Waiting()
        self._waiting[request] = waiting
        try:
            asked_model = None if model is None else str(model)
            self._send({"type": "request", "id": request, "kind": kind, "prompts": prompts, "model": asked_model})
            waiting.answered.acquire()
        except (TypeError, FrameTooLarge, ValueError) as error:
            return [f"Error: LM query failed - {error}"] * len(prompts)
        finally:
            self._waiting.pop(request, None)
        return waiting.results


def _as_list(prompts: Any) -> list[Any]:
    if isinstance(prompts, (str, bytes)):
        raise TypeError("prompts must be a list of prompts, not one text")
    return list(prompts)


def _flush_output() -> None:
    """So that live output stands before the wait, in order."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            return
