"""The files that texts are read from: a few are open at a time, and one that changed is an error."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC

OPEN_FILES = 16
"""How many files are open at a time."""


class TextUnreadable(Exception):
    """A file of a text cannot be read, or is no longer what was read before; the message names it."""


def look(path: str, small: int) -> tuple[os.stat_result, bytes | None]:
    """Gives the status of a file that can be read again and again, and all of one that has fewer bytes than ``small``.
    Raises TextUnreadable."""
    try:
        descriptor = os.open(path, FLAGS)
    except OSError as error:
        raise TextUnreadable(f"{path}: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise TextUnreadable(f"{path}: not a regular file")
        if status.st_size >= small:
            return status, None
        data = os.read(descriptor, status.st_size)
    except OSError as error:
        raise TextUnreadable(f"{path}: {error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(data) < status.st_size:
        raise _changed(path)
    return status, data


class _Copy(NamedTuple):
    """A text within a file that nobody else knows."""

    descriptor: int
    start: int


class _File(NamedTuple):
    """A file as it was when it was first seen."""

    path: str
    device: int
    inode: int
    size: int
    changed_ns: int

    def check(self, now: os.stat_result) -> None:
        """One that only grew has its first bytes still, as a log does that is being written."""
        same = (now.st_dev, now.st_ino) == (self.device, self.inode)
        if not same or (now.st_size <= self.size and (now.st_size, now.st_mtime_ns) != (self.size, self.changed_ns)):
            raise _changed(self.path)


class SourceFiles:
    """Reads by the place of a text. ``close`` it when nobody reads any more."""

    def __init__(self) -> None:
        self._sources: list[_File | _Copy] = []
        self._open: dict[int, int] = {}

    def add(self, path: str, status: os.stat_result) -> None:
        """Takes the file of the next text."""
        self._sources.append(_File(path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns))

    def add_copy(self, descriptor: int, start: int) -> None:
        """Takes the next text, which begins at ``start`` of an open file of our own."""
        self._sources.append(_Copy(descriptor, start))

    def read(self, place: int, offset: int, size: int) -> bytes:
        """Gives ``size`` bytes of a text. Raises TextUnreadable."""
        source = self._sources[place]
        if isinstance(source, _Copy):
            return os.pread(source.descriptor, size, source.start + offset)
        descriptor = self._open[place] if place in self._open else self._opened(place, source)
        found = os.pread(descriptor, size, offset)
        if len(found) < size:
            raise _changed(source.path)
        return found

    def check(self) -> None:
        """Raises TextUnreadable when a file that is open is no longer what was read."""
        for place, descriptor in self._open.items():
            source = self._sources[place]
            if isinstance(source, _File):
                source.check(os.fstat(descriptor))

    def close(self) -> None:
        """Closes what is open; a file that is read again is opened again."""
        while self._open:
            os.close(self._open.popitem()[1])

    def _opened(self, place: int, source: _File) -> int:
        if len(self._open) == OPEN_FILES:
            os.close(self._open.pop(next(iter(self._open))))
        try:
            descriptor = os.open(source.path, FLAGS)
        except OSError as error:
            raise TextUnreadable(f"{source.path}: {error.strerror}") from None
        self._open[place] = descriptor
        source.check(os.fstat(descriptor))
        return descriptor


def _changed(path: str) -> TextUnreadable:
    return TextUnreadable(f"{path}: the file changed while the run read it")
