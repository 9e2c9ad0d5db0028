"""Descriptors that are held for the next message: one that brings as many has room for them, however many are open."""

from __future__ import annotations

import os
from contextlib import suppress


class SpareDescriptors:
    def __init__(self, count: int) -> None:
        self._count = count
        self._held: list[int] = []

    def hold(self) -> bool:
        """Whether there is room for all of them again."""
        with suppress(OSError):
            while len(self._held) < self._count:
                self._held.append(os.dup(0))
        return len(self._held) == self._count

    def let_go(self) -> None:
        while self._held:
            os.close(self._held.pop())
