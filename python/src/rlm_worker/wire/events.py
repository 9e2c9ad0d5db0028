"""The events of one run, typed, in order, bounded and free of keys; nothing follows the terminal one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict

from .._generated.constants import MAX_EVENT_TEXT_CHARS
from ..json_bytes import to_json_bytes
from ..json_texts import with_texts
from .redaction import Redactor

if TYPE_CHECKING:
    from .._generated import outgoing as out
    from .._generated.messages import AnswerProblem

ContextType = Literal["str", "list", "dict"]
OutputStream = Literal["stdout", "stderr"]
BlockStatus = Literal["ok", "error", "timed_out", "interpreter_died"]
LogLevel = Literal["info", "warning", "error"]

DURATIONS = ("durationMs", "latencyMs")
"""Fields that are told to the microsecond: no clock knows more."""

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
        self._hears: Callable[[dict[str, Any]], None] | None = None

    def heard_by(self, hears: Callable[[dict[str, Any]], None]) -> None:
        """From now on ``hears`` gets every event but the last, as it stands on the wire, before it is written."""
        self._hears = hears

    def run_started(
        self, *, root_model: str, sub_model: str, environment: out.Environment, log_file: str | None
    ) -> None:
        self._emit(
            {
                "type": "run.started",
                "rootModel": root_model,
                "subModel": sub_model,
                "environment": environment,
                "logFile": log_file,
            }
        )

    def strategy_chosen(self, strategy: out.Strategy, reason: str, context_tokens: int | None) -> None:
        self._emit({"type": "strategy.chosen", "strategy": strategy, "reason": reason, "contextTokens": context_tokens})

    def environment_started(
        self, node: InTree, environment: out.Environment, container: str | None, duration_ms: float
    ) -> None:
        self._emit(
            {
                "type": "environment.started",
                **_in_tree(node),
                "environment": environment,
                "container": container,
                "durationMs": duration_ms,
            }
        )

    def context_loaded(
        self, node: InTree, *, context_type: ContextType, chars: int, bytes_: int, sha256: str, duration_ms: float
    ) -> None:
        self._emit(
            {
                "type": "context.loaded",
                **_in_tree(node),
                "contextType": context_type,
                "chars": chars,
                "bytes": bytes_,
                "sha256": sha256,
                "durationMs": duration_ms,
            }
        )

    def iteration_started(self, node: InTree) -> None:
        self._emit({"type": "iteration.started", **_in_iteration(node)})

    def iteration_completed(
        self, node: InTree, *, response: str, code_blocks: int, answer: str | None, duration_ms: float
    ) -> None:
        self._emit(
            {
                "type": "iteration.completed",
                **_in_iteration(node),
                "response": response,
                "codeBlocks": code_blocks,
                "answer": answer,
                "durationMs": duration_ms,
            }
        )

    def code_block_started(self, node: InTree, code: str) -> None:
        self._emit({"type": "codeBlock.started", **_in_code_block(node), "code": code})

    def code_block_output(self, node: InTree, stream: OutputStream, text: str) -> None:
        self._emit({"type": "codeBlock.output", **_in_code_block(node), "stream": stream, "text": text})

    def code_block_completed(
        self, node: InTree, *, status: BlockStatus, stdout: str, stderr: str, sub_calls: int, duration_ms: float
    ) -> None:
        self._emit(
            {
                "type": "codeBlock.completed",
                **_in_code_block(node),
                "status": status,
                "stdout": stdout,
                "stderr": stderr,
                "subCalls": sub_calls,
                "durationMs": duration_ms,
            }
        )

    def call_started(self, call: out.CallStarted) -> None:
        self._emit(call)

    def call_completed(self, call: out.CallCompleted) -> None:
        self._emit(call)

    def call_replayed(self, call: out.CallReplayed) -> None:
        self._emit(call)

    def replay_diverged(self, diverged: out.ReplayDiverged) -> None:
        self._emit(diverged)

    def tool_started(self, node: InTree, *, call: str, tool: str, arguments: str) -> None:
        self._emit({"type": "tool.started", **_in_tree(node), "call": call, "tool": tool, "arguments": arguments})

    def tool_completed(
        self, node: InTree, *, call: str, tool: str, error: str | None, result_chars: int, duration_ms: float
    ) -> None:
        """``error``: why the call failed; None when it succeeded."""
        self._emit(
            {
                "type": "tool.completed",
                **_in_tree(node),
                "call": call,
                "tool": tool,
                "outcome": "succeeded" if error is None else "failed",
                "error": error,
                "resultChars": result_chars,
                "durationMs": duration_ms,
            }
        )

    def answer_rejected(self, node: InTree, *, answer: str, problems: list[AnswerProblem]) -> None:
        told: list[out.AnswerProblem] = [
            {"source": problem.source, "path": problem.path, "message": problem.message} for problem in problems
        ]
        self._emit({"type": "answer.rejected", **_in_iteration(node), "answer": answer, "problems": told})

    def coverage_measured(self, measured: out.CoverageMeasured) -> None:
        self._emit(measured)

    def log(self, level: LogLevel, message: str) -> None:
        self._emit({"type": "log", "level": level, "message": message})

    def warn(self, message: str) -> None:
        self.log("warning", message)

    def run_completed(self, *, answer: str, duration_ms: float) -> None:
        """The answer goes whole: its length is checked before."""
        self._end({"type": "run.completed", "answer": "", "durationMs": duration_ms}, {"answer": self._redact(answer)})

    def run_failed(
        self,
        *,
        code: out.RunErrorCode,
        stop_reason: out.StopReason | None,
        message: str,
        partial_answer: str | None,
        duration_ms: float,
    ) -> None:
        self._end(
            {
                "type": "run.failed",
                "code": code,
                "stopReason": stop_reason,
                "message": message,
                "partialAnswer": partial_answer,
                "durationMs": duration_ms,
            }
        )

    def _emit(self, event: out.WorkerEvent) -> None:
        with self._lock:
            if self._open:
                enveloped = self.enveloped(event)
                if self._hears is not None:
                    self._hears(enveloped)
                self._write(enveloped)

    def _end(self, event: out.RunCompleted | out.RunFailed, whole: dict[str, str] | None = None) -> None:
        """``whole``: what is not cut."""
        with self._lock:
            if self._open:
                self._open = False
                self._write({**self.enveloped(event), **(whole or {})})

    def enveloped(self, event: out.WorkerEvent) -> Any:
        """As it stands on the wire. Every text of it, wherever it comes from, is without keys and cut: model code can
        make any of them endless."""
        fields = dict[str, Any](event)
        for name in DURATIONS:
            if name in fields:
                fields[name] = round(fields[name], 3)
        written = to_json_bytes(fields)
        # As JSON no text is shorter. To look through all of them at once takes a tenth of the time.
        if len(written) > MAX_EVENT_TEXT_CHARS or self._redact.may_be_in(written):
            fields = with_texts(fields, self._bounded, self._bounded)
        return {"type": event["type"], "id": self._id, "at": _now_ms(), **fields}

    def _bounded(self, text: str) -> str:
        return cut(self._redact(text), MAX_EVENT_TEXT_CHARS)


def _now_ms() -> float:
    return round(time.time() * 1000, 3)


class _InTree(TypedDict):
    node: str
    depth: int


class _InIteration(_InTree):
    iteration: int


class _InCodeBlock(_InIteration):
    codeBlock: int


def _in_tree(node: InTree) -> _InTree:
    return {"node": node.path, "depth": node.depth}


def _in_iteration(node: InTree) -> _InIteration:
    return {**_in_tree(node), "iteration": node.iteration}


def _in_code_block(node: InTree) -> _InCodeBlock:
    return {**_in_iteration(node), "codeBlock": node.code_block}
