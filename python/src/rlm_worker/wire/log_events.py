"""What the worker's own modules log during a run, as ``log`` events of that run: image pulls, containers cleaned up."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from .events import Events

LOGGER = logging.getLogger("rlm_worker")


class _EventHandler(logging.Handler):
    def __init__(self, events: Events) -> None:
        super().__init__(logging.INFO)
        self._events = events

    def emit(self, record: logging.LogRecord) -> None:
        level = "info" if record.levelno < logging.WARNING else "warning" if record.levelno < logging.ERROR else "error"
        self._events.log(level, record.getMessage())


@contextmanager
def logged_as_events(events: Events) -> Generator[None]:
    """Nothing the official library or a provider's SDK logs is taken: it may quote prompts."""
    handler = _EventHandler(events)
    LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
