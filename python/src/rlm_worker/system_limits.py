"""Limits of the machine that a run can meet: which one it was, and the command that raises it."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from typing import Final, cast

from .errors import RunError

CODE: Final = "system_limit_reached"

_DESCRIPTORS = (
    "This process may open no more files and sockets. Raise its limit where it is started: `ulimit -n 4096` in a "
    "shell, LimitNOFILE= of a systemd unit, --ulimit nofile=4096 of a container."
)
_MACHINE = "This machine may open no more files and sockets. Close some, or raise the limit with `sysctl fs.file-max`."
_THREADS = (
    "No more processes and threads can be started. Raise the limit where this process is started: `ulimit -u` in a "
    "shell, TasksMax= of a systemd unit, --pids-limit of a container (of the sandbox: environmentOptions.pidsLimit)."
)
_MEMORY = "There is no memory left to start a process. Free some, or give this machine or container more."

_BY_NUMBER: Final = {
    errno.EMFILE: _DESCRIPTORS,
    errno.ENFILE: _MACHINE,
    errno.EAGAIN: _THREADS,
    errno.ENOMEM: _MEMORY,
}
_NO_THREAD: Final = "can't start new thread"
_BY_WORDS: Final = (
    (re.compile("too many open files in system", re.IGNORECASE), _MACHINE),
    (re.compile("too many open files", re.IGNORECASE), _DESCRIPTORS),
    (
        re.compile(rf"{_NO_THREAD}|resource temporarily unavailable|newosproc", re.IGNORECASE),
        _THREADS,
    ),
    (re.compile("cannot allocate memory", re.IGNORECASE), _MEMORY),
)


def limit_met(error: BaseException) -> str | None:
    """What to do about the limit that ``error`` comes from; None when it comes from none."""
    for link in _links(error):
        if isinstance(link, OSError) and link.errno in _BY_NUMBER:
            return _BY_NUMBER[link.errno]
        if isinstance(link, RuntimeError) and _NO_THREAD in str(link):
            return _THREADS
    return None


def limit_in_words(words: str) -> str | None:
    """The same for the last words of a process that did not start."""
    return next((advice for pattern, advice in _BY_WORDS if pattern.search(words)), None)


def as_limit(error: BaseException, doing: str) -> RunError | None:
    """The end of a run that met a limit while ``doing`` something; None when it met none."""
    advice = limit_met(error)
    return None if advice is None else RunError(CODE, f"{doing}: {error}. {advice}")


def _links(error: BaseException | None) -> Iterator[BaseException]:
    """``error`` and all that led to it, each once."""
    todo, seen = [error], set[int]()
    while todo:
        link = todo.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        todo += [link.__context__, link.__cause__]
        if isinstance(link, BaseExceptionGroup):
            todo += cast("tuple[BaseException, ...]", link.exceptions)
