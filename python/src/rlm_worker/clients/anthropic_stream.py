"""One streamed message of Anthropic's, put together from the JSON of its events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from .failures import ErrorInReply
from .json_body import Json, json_object, object_in
from .messages import text_of


@dataclass
class StreamedMessage:
    """What has come so far.

    Attributes:
        usage: the newest of each count, under the wire's names.
        explanation: why the model refused, where it says so.
        stopped: the message came to its end.
    """

    model: str | None = None
    texts: list[str] = field(default_factory=list[str])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    stop_reason: str | None = None
    explanation: str = ""
    stopped: bool = False

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def add(self, event: Json) -> None:
        """Raises ErrorInReply for an event that says the provider failed."""
        match event.get("type"):
            case "message_start":
                message = object_in(event, "message")
                self.model = text_of(message.get("model")) or None
                self._count(message)
            case "content_block_start":
                self.texts.append(text_of(object_in(event, "content_block").get("text")))
            case "content_block_delta":
                self.texts.append(text_of(object_in(event, "delta").get("text")))
            case "message_delta":
                delta = object_in(event, "delta")
                self.stop_reason = text_of(delta.get("stop_reason")) or self.stop_reason
                self.explanation = text_of(object_in(delta, "stop_details").get("explanation")) or self.explanation
                self._count(event)
            case "message_stop":
                self.stopped = True
            case "error":
                raise ErrorInReply(object_in(event, "error"))
            case _:  # pings, and what is yet to be invented
                return

    def _count(self, holder: Json) -> None:
        self.usage.update({name: count for name, count in object_in(holder, "usage").items() if count is not None})


async def read_message(chunks: AsyncIterator[bytes]) -> StreamedMessage:
    """The message of a stream of server-sent events, to its end or to where it broke off.

    Raises:
        ErrorInReply: an event says that the provider failed.
        ValueError: an event is no JSON object, or there was none.
    """
    message, events = StreamedMessage(), 0
    async for line in _lines(chunks):
        if not line.startswith(b"data:"):
            continue
        event = json_object(line.removeprefix(b"data:").decode("utf-8", "replace"))
        if event is None:
            raise ValueError("an event of the stream is no JSON object")
        message.add(event)
        events += 1
        if message.stopped:
            break
    if not events:
        raise ValueError("the answer holds no event")
    return message


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines end with a line feed alone: the SDK's reader also ends them at signs that a JSON text may hold."""
    pending: list[bytes] = []
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*pending, line])
            pending = []
        pending.append(rest)
    yield b"".join(pending)
