"""The journal of a run that has no store, and a host that keeps one and gives it to the next life."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rlm_worker.cancel import StopSignal
from rlm_worker.journal.journal import Journal
from rlm_worker.wire.events import Events
from rlm_worker.wire.host_requests import HostRequests
from rlm_worker.wire.redaction import Redactor


def no_journal(events: Events | None = None) -> Journal:
    """Takes nothing down, and tells ``events`` what happens."""
    stop, redact = StopSignal(), Redactor()
    host = HostRequests("run", lambda message: None, stop)
    return Journal(None, host, stop, events or Events("run", lambda message: None, redact), redact)


Message = dict[str, Any]

PLACE = ("node", "iteration", "codeBlock", "key")
TOKENS = ("inputTokens", "outputTokens", "cachedInputTokens", "cacheWriteTokens", "reasoningTokens")

TOOL = {
    "name": "lookup",
    "description": "Finds it.",
    "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}},
    "returns": None,
    "inChildren": True,
}
NUMBER = {"schema": {"type": "integer"}, "check": True, "requireCoverage": None, "typedSubCalls": True}


def serve(request: Message) -> Message:
    """A host whose tool doubles a number, and that takes 42 alone for an answer."""
    if request["type"] == "tool.call":
        value = request["arguments"]["id"] * 2
        return {"type": "tool.result", "outcome": {"kind": "value", "value": value}}
    fault = {"source": "schema", "path": "", "message": "it is not 42"}
    return {"type": "answer.result", "problems": [] if request["text"] == "42" else [fault]}


class KeepingHost:
    """Keeps the effects of a run over its lives. ``serve`` answers tools and judges answers.

    Attributes:
        most: how many more it keeps of what came of an effect before it is gone; None: as many as come.
    """

    def __init__(self, serve: Callable[[Message], Message] | None = None) -> None:
        self._serve = serve
        self._lock = threading.Lock()
        self.kept: list[Message] = []
        self.most: int | None = None
        self.gone = threading.Event()

    def __call__(self, request: Message) -> Message | None:
        if request["type"] == "journal.append":
            effects = request["effects"] if request["file"] is None else json.loads(Path(request["file"]).read_text())
            kept = all([self._keep(effect) for effect in effects])
            return {"type": "journal.result", "outcome": {"kind": "appended"}} if kept else None
        assert self._serve is not None
        reply = self._serve(request)
        return reply if self._keep({**request, "kind": request["type"], "reply": reply}) else None

    def note_blocks(self, events: list[Message]) -> None:
        """The code blocks that came to their end, as the real host has them from the events."""
        for event in events:
            if event["type"] == "codeBlock.completed":
                self.kept.append({"kind": "block", **{name: event[name] for name in PLACE[:3]}})
            elif event["type"] == "strategy.chosen":
                self.kept.append({"kind": "strategy", **event})

    def write(self, path: Path) -> str:
        """The effects, as the next life gets them."""
        path.write_text("".join(json.dumps(line) + "\n" for line in self.recorded()))
        return str(path)

    def recorded(self) -> list[Message]:
        replies = {one["event"]["call"]: one for one in self.kept if one["kind"] == "call.reply"}
        return [_recorded(one, replies) for one in self.kept if one["kind"] != "call.reply"]

    def _keep(self, effect: Message) -> bool:
        """False when it is gone: then it keeps nothing, and answers nobody."""
        with self._lock:
            is_end = effect["kind"] not in ("call.intent", "child.spawned")
            if self.gone.is_set() or (is_end and self.most == 0):
                self.gone.set()
                return False
            self.kept.append(effect)
            if self.most is not None and is_end:
                self.most -= 1
            return True


def _recorded(effect: Message, replies: dict[str, Message]) -> Message:
    kind, place = effect["kind"], {name: effect[name] for name in PLACE if name in effect}
    if kind == "tool.call":
        return {"kind": "tool", **place, "call": effect["call"], "outcome": effect["reply"]["outcome"]}
    if kind == "answer.check":
        return {"kind": "verdict", **place, "problems": effect["reply"]["problems"]}
    if kind == "child.spawned":
        return {"kind": "child", **place, "child": effect["child"]}
    if kind == "block":
        return {"kind": "block", **place}
    if kind == "strategy":
        return {"kind": kind, **{name: effect[name] for name in ("strategy", "reason", "contextTokens")}}
    started = effect["event"]
    call = {
        "kind": "call",
        **place,
        "role": started["role"],
        "call": started["call"],
        "model": started["model"],
        "inherited": False,
        "prompt": effect["prompt"],
        "reservedUsd": effect["reservedUsd"],
    }
    reply = replies.get(started["call"])
    if reply is None:
        error = {"code": "cancelled", "message": "It was in flight."}
        nothing = {"text": "", "outputBound": None, "failure": None, "costUsd": None, "finishReason": None}
        return {**call, **nothing, **dict.fromkeys(TOKENS, 0), "outcome": "abandoned", "error": error}
    ended = reply["event"]
    told = {name: ended[name] for name in (*TOKENS, "costUsd", "outcome", "finishReason", "error")}
    return {**call, **told, **{name: reply[name] for name in ("text", "outputBound", "failure")}}
