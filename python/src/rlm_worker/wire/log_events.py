"""What the worker's own modules log for a run, as ``log`` events of that run: image pulls, containers cleaned up."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from .events import Events

LOGGER = logging.getLogger("rlm_worker")

_events: ContextVar[Events | None] = ContextVar("events", default=None)


class _EventHandler(logging.Handler):
    """What is logged for no run goes to stderr."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        events = _events.get()
        if events is None:
            if logging.lastResort is not None and record.levelno >= logging.lastResort.level:
                logging.lastResort.handle(record)
            return
        level = "info" if record.levelno < logging.WARNING else "warning" if record.levelno < logging.ERROR else "error"
        events.log(level, record.getMessage())


_handler = _EventHandler()


@contextmanager
def logged_as_events(events: Events) -> Generator[None]:
    """Within it what is logged in this context, and where it is carried to, goes to ``events`` alone.

    Nothing the official library or a provider's SDK logs is taken: it may quote prompts.
    """
    LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(_handler)  # once, however often it is added
    token = _events.set(events)
    try:
        yield
    finally:
        _events.reset(token)
