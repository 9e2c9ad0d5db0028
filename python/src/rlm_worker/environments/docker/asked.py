"""A note of a container that Docker is being asked for: a worker that is killed meanwhile cannot remove it. The host
finds the note in the worker's folder, and does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

PREFIX: Final = "asked-container-"


@contextmanager
def noted(name: str, image: str) -> Generator[None]:
    """Raises OSError."""
    note = os.path.join(tempfile.gettempdir(), PREFIX + name)
    os.symlink(image, note)  # whole at once, and no file to be filled
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(note)
