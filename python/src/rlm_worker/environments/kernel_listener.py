"""Who hears what a kernel says by itself."""

from __future__ import annotations

from typing import Protocol

from ..kernel.messages import OutputStream, Request, ToolCall


class KernelListener(Protocol):
    """Called from the reader thread, in order; must not block for long."""

    def on_output(self, stream: OutputStream, text: str) -> None: ...
    def on_request(self, request: Request | ToolCall) -> None: ...
    def on_lost(self, reason: str) -> None: ...
    def on_draft(self, content: str | None) -> None: ...
