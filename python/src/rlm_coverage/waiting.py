"""Messages that came before the one that they go on from, as prompts do that are sent together."""

from __future__ import annotations

AROUND = 2
"""Bytes by which a header may be longer or shorter than the last one."""


class Waiting:
    """Messages by the first bytes of the part of a text that each may hold, behind a header.

    Attributes:
        size: the bytes of all that wait.
    """

    def __init__(self) -> None:
        self._messages: dict[int, bytes] = {}
        self._by_head: dict[bytes, int] = {}
        self._form = (0, 0)
        self._count = 0
        self.size = 0

    def add(self, data: bytes) -> None:
        """Keeps a message."""
        self.put_back(data)
        self._know(self._count, data)

    def put_back(self, data: bytes) -> None:
        """Keeps a message that was taken, and is not to be taken by its part again."""
        self._count += 1
        self._messages[self._count] = data
        self.size += len(data)

    def expect(self, header: int, head: int) -> None:
        """Tells how messages are written now: the bytes before a part, and how many of the part they are known by."""
        if abs(header - self._form[0]) > AROUND or head != self._form[1]:
            self._form = (header, head)
            self._by_head.clear()
            for number, data in self._messages.items():
                self._know(number, data)

    def take(self, head: bytes) -> bytes | None:
        """Gives a message whose part seems to begin so, and keeps it no more."""
        return self._taken(self._by_head.pop(head, 0))

    def take_first(self) -> bytes | None:
        """Gives the message that has waited longest, and keeps it no more."""
        return self._taken(next(iter(self._messages), 0))

    def _know(self, number: int, data: bytes) -> None:
        header, head = self._form
        # As far again as a header may have changed since, and one more: a match may begin and end a byte late.
        for at in range(max(0, header - 2 * AROUND - 1), header + 2 * AROUND + 2):
            self._by_head[data[at : at + head]] = number

    def _taken(self, number: int) -> bytes | None:
        data = self._messages.pop(number, None)
        self.size -= len(data or b"")
        if not self._messages:
            self._by_head.clear()
        return data
