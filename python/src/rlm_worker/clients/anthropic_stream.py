"""One streamed message of Anthropic's, put together from the JSON of its events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from .error_statuses import status_of
from .failures import BrokenOff, ErrorInReply
from .json_body import CutBody, Json, object_in, whole_object
from .messages import text_of


@dataclass
class StreamedMessage:
    """What has come so far.

    Attributes:
        usage: the newest of each count, under the wire's names.
        counted: the usage is that of the whole message, not of its beginning.
        explanation: why the model refused, where it says so.
        stopped: the message came to its end.
        broken: why it did not.
        failure: what the provider says of it.
    """

    model: str | None = None
    texts: list[str] = field(default_factory=list[str])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    counted: bool = False
    stop_reason: str | None = None
    explanation: str = ""
    stopped: bool = False
    broken: str = ""
    failure: ErrorInReply | None = None

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def add(self, event: Json) -> None:
        """Raises ErrorInReply for an event that says the provider failed before it began to answer."""
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
                self.counted = self.stop_reason is not None and "output_tokens" in object_in(event, "usage")
            case "message_stop":
                self.stopped = True
            case "error":
                error = object_in(event, "error")
                self.failure = ErrorInReply(error, status_of(error) or 500)
                if not self.usage:  # nothing had begun
                    raise self.failure
            case _:  # pings, and what is yet to be invented
                return

    def _count(self, holder: Json) -> None:
        self.usage.update({name: count for name, count in object_in(holder, "usage").items() if count is not None})


async def read_message(chunks: AsyncIterator[bytes]) -> StreamedMessage:
    """The message of a stream of server-sent events, to its end or to where it broke off.

    Raises:
        ErrorInReply: an event says that the provider failed, before there was any answer.
        ValueError: the answer is a web page.
    """
    message = StreamedMessage()
    try:
        async for line in _lines(chunks):
            if line.lstrip().startswith(b"<"):
                raise ValueError("a web page")
            event = _event(line)
            if event is not None:
                message.add(event)
            if message.stopped:
                return message
            if message.failure is not None:
                message.broken = str(message.failure)
                return message
    except BrokenOff as broken:
        message.broken = str(broken)
    except CutBody as cut:
        message.broken = str(cut)
    message.broken = message.broken or "the stream has no message_stop"
    return message


def _event(line: bytes) -> Json | None:
    """Raises CutBody for data that is no JSON object."""
    if not line.startswith(b"data:"):
        return None
    text = line.removeprefix(b"data:").decode("utf-8", "replace")
    event = whole_object(text)
    if event is None:
        raise CutBody("an event of the stream is no JSON object")
    return event


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines end with a line feed alone: other readers also end them at signs that a JSON text may hold."""
    pending: list[bytes] = []
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*pending, line])
            pending = []
        pending.append(rest)
    yield b"".join(pending)
