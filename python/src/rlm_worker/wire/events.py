"""The events of one run, typed, in order, bounded and free of keys; nothing follows the terminal one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, cast

from .._generated.constants import MAX_EVENT_TEXT_CHARS

if TYPE_CHECKING:
    from .._generated.messages import AnswerProblem

MIN_SECRET_CHARS = 8
"""Shorter keys are placeholders of local servers ("none", "ollama"), and would be found in ordinary text."""

Write = Callable[[dict[str, Any]], None]


class InTree(Protocol):
    """Where in the tree of RLMs an event happens."""

    @property
    def path(self) -> str: ...
    @property
    def depth(self) -> int: ...
    @property
    def iteration(self) -> int: ...
    @property
    def code_block(self) -> int: ...


class Redactor:
    """Removes the run's keys from a text."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def learn(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return text


def cut(text: str, max_chars: int) -> str:
    """At most ``max_chars`` characters of a text, ending with the count of those left out."""
    if len(text) <= max_chars:
        return text
    note = f"... + [{len(text) - max_chars} chars...]"
    return text[: max(0, max_chars - len(note))] + note


class Events:
    """Writes the events of one run. Thread-safe."""

    def __init__(self, run_id: str, write: Write, redact: Redactor) -> None:
        self._id = run_id
        self._write = write
        self._redact = redact
        self._open = True
        self._lock = threading.Lock()

    def run_started(self, *, root_model: str, sub_model: str, environment: str, log_file: str | None) -> None:
        models = {"rootModel": root_model, "subModel": sub_model}
        self._emit("run.started", {**models, "environment": environment, "logFile": log_file})

    def strategy_chosen(self, strategy: str, reason: str, context_tokens: int | None) -> None:
        self._emit("strategy.chosen", {"strategy": strategy, "reason": reason, "contextTokens": context_tokens})

    def environment_started(self, node: InTree, environment: str, container: str | None, duration_ms: float) -> None:
        started = {"environment": environment, "container": container, "durationMs": duration_ms}
        self._emit("environment.started", {**_in_tree(node), **started})

    def context_loaded(
        self, node: InTree, *, context_type: str, chars: int, bytes_: int, sha256: str, duration_ms: float
    ) -> None:
        size = {"contextType": context_type, "chars": chars, "bytes": bytes_, "sha256": sha256}
        self._emit("context.loaded", {**_in_tree(node), **size, "durationMs": duration_ms})

    def iteration_started(self, node: InTree) -> None:
        self._emit("iteration.started", _in_iteration(node))

    def iteration_completed(
        self, node: InTree, *, response: str, code_blocks: int, answer: str | None, duration_ms: float
    ) -> None:
        said = {"response": response, "codeBlocks": code_blocks}
        ended = {"answer": answer, "durationMs": duration_ms}
        self._emit("iteration.completed", {**_in_iteration(node), **said, **ended})

    def code_block_started(self, node: InTree, code: str) -> None:
        self._emit("codeBlock.started", {**_in_code_block(node), "code": code})

    def code_block_output(self, node: InTree, stream: str, text: str) -> None:
        self._emit("codeBlock.output", {**_in_code_block(node), "stream": stream, "text": text})

    def code_block_completed(
        self, node: InTree, *, status: str, stdout: str, stderr: str, sub_calls: int, duration_ms: float
    ) -> None:
        output = {"status": status, "stdout": stdout, "stderr": stderr}
        counted = {"subCalls": sub_calls, "durationMs": duration_ms}
        self._emit("codeBlock.completed", {**_in_code_block(node), **output, **counted})

    def call_started(self, call: dict[str, Any]) -> None:
        """``call``: the wire's fields of a call, from the ledger."""
        self._emit("call.started", call)

    def call_completed(self, call: dict[str, Any]) -> None:
        self._emit("call.completed", call)

    def tool_started(self, node: InTree, *, call: str, tool: str, arguments: str) -> None:
        self._emit("tool.started", {**_in_tree(node), "call": call, "tool": tool, "arguments": arguments})

    def tool_completed(
        self, node: InTree, *, call: str, tool: str, error: str | None, result_chars: int, duration_ms: float
    ) -> None:
        """``error``: why the call failed; None when it succeeded."""
        outcome = {"outcome": "succeeded", "error": None}
        if error is not None:
            outcome = {"outcome": "failed", "error": error}
        size = {"resultChars": result_chars, "durationMs": duration_ms}
        self._emit("tool.completed", {**_in_tree(node), "call": call, "tool": tool, **outcome, **size})

    def answer_rejected(self, node: InTree, *, answer: str, problems: list[AnswerProblem]) -> None:
        told = [{"source": problem.source, "path": problem.path, "message": problem.message} for problem in problems]
        self._emit("answer.rejected", {**_in_iteration(node), "answer": answer, "problems": told})

    def coverage_measured(self, measured: dict[str, Any]) -> None:
        """``measured``: the wire's fields, from the coverage."""
        self._emit("coverage.measured", measured)

    def log(self, level: str, message: str) -> None:
        self._emit("log", {"level": level, "message": message})

    def warn(self, message: str) -> None:
        self.log("warning", message)

    def run_completed(self, *, answer: str, duration_ms: float) -> None:
        """The answer goes whole: its length is checked before."""
        self._end("run.completed", {"durationMs": duration_ms}, {"answer": self._redact(answer)})

    def run_failed(
        self, *, code: str, stop_reason: str | None, message: str, partial_answer: str | None, duration_ms: float
    ) -> None:
        failure = {"code": code, "stopReason": stop_reason, "message": message}
        self._end("run.failed", {**failure, "partialAnswer": partial_answer, "durationMs": duration_ms})

    def _emit(self, type_: str, fields: dict[str, Any]) -> None:
        with self._lock:
            if self._open:
                self._write({"type": type_, "id": self._id, "at": _now_ms(), **self._bounded(fields)})

    def _end(self, type_: str, fields: dict[str, Any], whole: dict[str, str] | None = None) -> None:
        """``whole``: what is not cut."""
        with self._lock:
            if self._open:
                self._open = False
                told = {**self._bounded(fields), **(whole or {})}
                self._write({"type": type_, "id": self._id, "at": _now_ms(), **told})

    def _bounded(self, value: Any) -> Any:
        """Every text of an event, wherever it comes from, without keys and cut: model code can make any of them
        endless."""
        if isinstance(value, str):
            return cut(self._redact(value), MAX_EVENT_TEXT_CHARS)
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value).items()
            return {self._bounded(name): self._bounded(item) for name, item in items}
        if isinstance(value, list | tuple):
            return [self._bounded(item) for item in cast("list[Any]", value)]
        return value


def _now_ms() -> float:
    return round(time.time() * 1000, 3)


def _in_tree(node: InTree) -> dict[str, Any]:
    return {"node": node.path, "depth": node.depth}


def _in_iteration(node: InTree) -> dict[str, Any]:
    return {**_in_tree(node), "iteration": node.iteration}


def _in_code_block(node: InTree) -> dict[str, Any]:
    return {**_in_iteration(node), "codeBlock": node.code_block}
