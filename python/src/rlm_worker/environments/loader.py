"""Streaming a payload into the REPL: bounded in what is under way, checked to have arrived as it was sent."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from ..errors import ContextFailure, EnvironmentFailure
from ..kernel.messages import Loaded, LoadFailed, Received
from .inbox import Question
from .kernel_client import KernelClient
from .parcels import Parcels
from .payload import Payload

WINDOW_BYTES: Final = 4 << 20


class Target(NamedTuple):
    """``alias`` keeps pointing at ``name``; ``with_json`` binds the json module, as the official JSON loader does."""

    name: str
    alias: str | None
    with_json: bool


class Loader:
    """One load. ``limit_s``: how long the interpreter may take for each megabyte, and for the whole at its end."""

    def __init__(self, kernel: KernelClient, limit_s: float) -> None:
        self._kernel = kernel
        self._limit_s = limit_s
        self._deadline = time.monotonic() + limit_s
        self._sent = 0
        self._received = 0

    def load(self, payload: Payload, target: Target) -> Loaded:
        """What the REPL counted. Raises ContextFailure, EnvironmentFailure, RunStopped."""
        kernel = self._kernel
        with kernel.asking(Received, Loaded, LoadFailed) as question:
            message = {"type": "load", "id": question.id, "life": kernel.life, "kind": payload.kind}
            kernel.send({**message, "name": target.name, "alias": target.alias, "withJson": target.with_json})
            sha256 = self._stream(payload, question)
            kernel.send({"type": "load_end"})
            self._deadline = time.monotonic() + self._limit_s
            while (report := self._take(question, payload)) is None:
                continue
        if report.bytes != self._sent or report.sha256 != sha256:
            raise self._not_as_sent(report)
        payload.loaded(report.chars)
        return report

    def _stream(self, payload: Payload, question: Question[Received | Loaded | LoadFailed]) -> str:
        """The hash of what was sent."""
        parcels = Parcels(payload)
        for parcel in parcels:
            self._kernel.send({"type": "documents", "documents": parcel.documents})
            for piece in parcel.pieces:
                self._kernel.send_bytes(piece)
                self._sent += len(piece)
                while self._sent - self._received > WINDOW_BYTES:
                    if (early := self._take(question, payload)) is not None:
                        raise self._not_as_sent(early)
        return parcels.sha256.hexdigest()

    def _take(self, question: Question[Received | Loaded | LoadFailed], payload: Payload) -> Loaded | None:
        """The end of the load, once it is there; None for an acknowledgement."""
        message = self._kernel.wait_until(self._deadline, question)
        if message is None:
            self._kernel.replace(f"it did not take a context within {self._limit_s:g} s")
            message = self._kernel.wait_for(question)
        if isinstance(message, LoadFailed):
            raise _failure(message.fault, message.message, payload.label)
        if isinstance(message, Loaded):
            return message
        self._received = message.bytes
        self._deadline = time.monotonic() + self._limit_s
        return None

    def _not_as_sent(self, report: Loaded) -> EnvironmentFailure:
        what = f"a context did not arrive in the REPL as it was sent: {report.bytes} of {self._sent} bytes"
        return EnvironmentFailure("environment_start_failed", what)


def _failure(fault: str, message: str, label: str) -> Exception:
    if fault == "content":
        return ContextFailure("context_unreadable", f"{label}: {message}")
    reason = "not enough memory" if fault == "memory" else message
    advice = "a larger environmentOptions.memoryMb may help"
    return EnvironmentFailure("environment_died", f"{label} could not be loaded into the REPL: {reason}; {advice}")
