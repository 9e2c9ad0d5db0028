"""Functions of the host as tools of the official library: how they are described, and how a call reaches them."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from .._generated.messages import RequestFailure, ToolResult, ToolSpec, ToolValue
from ..cancel import StopSignal
from ..environments.tools import HostTool
from ..journal.places import Place, key_of
from ..kernel.signatures import signature
from ..ledger.limits import CallRefused
from ..wire.host_requests import Unwanted
from .scope import Node, Scope

if TYPE_CHECKING:
    from .._generated import outgoing as out

MAX_ARGUMENT_BYTES = 10_000_000
"""Arguments of one call as JSON text in UTF-8; the host has the same bound for results."""


def tool_arguments(specs: Sequence[ToolSpec]) -> dict[str, Any]:
    """What the official ``RLM`` is given of them, for itself and for its children; nothing where there are none."""
    if not specs:
        return {}
    entries = {spec.name: {"tool": _tool(spec), "description": describe(spec)} for spec in specs}
    in_children = {spec.name: entries[spec.name] for spec in specs if spec.in_children}
    return {"custom_tools": entries, "custom_sub_tools": in_children}


def describe(spec: ToolSpec) -> str:
    """How to call it, what it is for, and what is known of its parameters, one a line."""
    called = f"`{spec.name}{signature(spec.parameters, spec.returns)}`"
    lines = [f"{called} {spec.description.strip()} Raises RuntimeError when it fails."]
    lines += [f"    - `{name}`: {text}" for name, text in _parameter_texts(spec.parameters)]
    return "\n".join(lines)


class ToolCaller:
    """The host's tools, called by the REPL of one node."""

    def __init__(self, scope: Scope, node: Node) -> None:
        self._scope = scope
        self._node = node
        self._lock = threading.Lock()
        self._asked = Counter[tuple[Place, str]]()

    def _key(self, place: Place, tool: str, text: str) -> str:
        """Of this call alone: one that is equal to an earlier one of its code block has another."""
        content = key_of("tool", tool, text)
        with self._lock:
            before = self._asked[place, content]
            self._asked[place, content] += 1
        return key_of(content, before)

    def call(self, tool: str, arguments: dict[str, Any], unwanted: StopSignal) -> dict[str, str]:
        """``value``, as JSON text, or ``error``. ``unwanted`` fires when the interpreter that asked is gone.

        Raises:
            RunStopped: the run was stopped; nothing is called any more.
            CutOff: the code block had not called it when it was cut off.
        """
        self._scope.stop.raise_if_stopped()
        if unwanted.stopped:
            return _given_up(unwanted)
        text = _json_text(arguments)
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MAX_ARGUMENT_BYTES:
            return {"error": f"the arguments have {size:,} bytes as JSON; the limit is {MAX_ARGUMENT_BYTES:,}"}
        place = self._node.place
        key = self._key(place, tool, text)
        is_refused = self._scope.tool_limit.is_reached
        known = self._scope.journal.tool(place, key, f"{tool}({text})", is_refused=is_refused)
        if known is None:
            try:
                self._scope.tool_limit.admit()
            except CallRefused as refused:
                return {"error": str(refused)}
            self._scope.journal.refuse_new()
        call = self._scope.next_tool_call() if known is None else known.call
        events, started = self._scope.events, time.perf_counter()
        events.tool_started(self._node, call=call, tool=tool, arguments=text)
        result = {"error": "the run was stopped"}
        try:
            if known is not None:
                result = self._result(known.outcome)
            else:
                asked: out.ToolCall = {
                    "type": "tool.call",
                    **place.to_wire(),
                    "key": key,
                    "call": call,
                    "tool": tool,
                    "arguments": arguments,
                }
                result = self._ask(asked, unwanted)
        finally:
            events.tool_completed(
                self._node,
                call=call,
                tool=tool,
                error=result.get("error"),
                result_chars=len(result.get("value", "")),
                duration_ms=(time.perf_counter() - started) * 1000,
            )
        return result

    def _ask(self, asked: out.ToolCall, unwanted: StopSignal) -> dict[str, str]:
        try:
            reply = self._scope.host.ask(asked, unwanted)
        except Unwanted:
            return _given_up(unwanted)
        return self._result(cast("ToolResult", reply).outcome)

    def _result(self, outcome: ToolValue | RequestFailure) -> dict[str, str]:
        if outcome.kind == "error":
            return {"error": self._scope.redact(outcome.message)}
        return {"value": _json_text(outcome.value)}


def _given_up(unwanted: StopSignal) -> dict[str, str]:
    return {"error": unwanted.message or "given up"}


def _tool(spec: ToolSpec) -> HostTool:
    return HostTool(spec.description, spec.parameters, spec.returns)


def _json_text(value: Any) -> str:
    """The JSON text of a value, as JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parameter_texts(parameters: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name, schema in parameters.get("properties", {}).items():
        text = cast("dict[str, Any]", schema).get("description") if isinstance(schema, dict) else None
        if isinstance(text, str) and text.strip():
            yield name, " ".join(text.split())
