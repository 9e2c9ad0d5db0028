"""Streaming a payload into the REPL: bounded in what is under way, checked to have arrived as it was sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from ..errors import ContextFailure, EnvironmentFailure
from .payload import Payload
from .session import KernelSession

WINDOW_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Target:
    """``alias`` keeps pointing at ``name``; ``with_json`` binds the json module, as the official JSON loader does."""

    name: str
    alias: str | None
    with_json: bool


class Loader:
    def __init__(self, session: KernelSession) -> None:
        self._session = session
        self._sent = 0
        self._received = 0

    def load(self, payload: Payload, target: Target) -> dict[str, Any]:
        """contextType, chars, bytes and sha256, by the REPL. Raises ContextFailure, EnvironmentFailure, RunStopped."""
        load = self._session.next_id()
        message = {"type": "load", "id": load, "life": self._session.life, "kind": payload.kind}
        self._session.send({**message, "name": target.name, "alias": target.alias, "withJson": target.with_json})
        sha256 = hashlib.sha256()
        for source in payload.sources:
            with source.open() as opened:
                self._session.send({"type": "document", "name": source.name, "bytes": opened.size})
                if payload.kind == "files":
                    sha256.update(source.name.encode("utf-8", "surrogatepass") + b"\0%d\0" % opened.size)
                for chunk in opened.chunks():
                    sha256.update(chunk)
                    self._session.send_bytes(chunk)
                    self._sent += len(chunk)
                    while self._sent - self._received > WINDOW_BYTES:
                        self._take(load, payload)
        self._session.send({"type": "load_end"})
        while (report := self._take(load, payload)) is None:
            continue
        self._compare(report, sha256.hexdigest(), target)
        payload.loaded(report["chars"])
        return report

    def _take(self, load: int, payload: Payload) -> dict[str, Any] | None:
        message = self._session.wait_for(load)
        if message["type"] == "load_failed":
            raise _failure(message["fault"], message["message"], payload.label)
        if message["type"] == "received":
            self._received = message["bytes"]
            return None
        return message

    def _compare(self, report: dict[str, Any], sha256: str, target: Target) -> None:
        if report["bytes"] != self._sent or report["sha256"] != sha256:
            message = (
                f"{target.name} did not arrive in the REPL as it was sent: {report['bytes']} of {self._sent} bytes"
            )
            raise EnvironmentFailure("environment_start_failed", message)


def _failure(fault: str, message: str, label: str) -> Exception:
    if fault == "content":
        return ContextFailure("context_unreadable", f"{label}: {message}")
    reason = "not enough memory" if fault == "memory" else message
    advice = "a larger environmentOptions.memoryMb may help"
    return EnvironmentFailure("environment_died", f"{label} could not be loaded into the REPL: {reason}; {advice}")
