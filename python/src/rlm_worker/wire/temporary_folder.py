"""The worker's own temporary folder: all of its temporary files, and the context that the host writes for a run.

Host and worker both know its path, and each removes it when it sees the other go. Both may be killed at once: the lock
on the folder says so to a later worker.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

VARIABLE: Final = "RLM_BRIDGE_FOLDER"
PREFIX: Final = "rlm-bridge-worker-"

UNUSABLE_EXIT_CODE: Final = 87
"""Tells the host that it is the folder, and no fault of the worker's."""

YOUNG_S: Final = 60.0
"""A folder is locked microseconds after it is made; one younger than this is nobody else's to judge."""


class TemporaryFolder:
    """``path`` is None where no host names a folder; temporary files are then where Python puts them."""

    def __init__(self) -> None:
        self.path = os.environ.pop(VARIABLE, None)
        if self.path is None:
            return
        try:
            os.mkdir(self.path, 0o700)
        except OSError as error:
            print(f"{self.path}: {error.strerror}.", file=sys.stderr)
            raise SystemExit(UNUSABLE_EXIT_CODE) from None
        self._lock = os.open(self.path, os.O_RDONLY)  # held, and not inherited, for as long as this process lives
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        tempfile.tempdir = self.path

    def remove(self) -> None:
        """Idempotent. What a process that is still ending keeps busy is left to it and the host."""
        if self.path is not None:
            shutil.rmtree(self.path, ignore_errors=True)

    def remove_abandoned(self) -> None:
        """Remove the folders beside this one whose worker is gone, and whose host did not remove them."""
        if self.path is None:
            return
        for path in Path(self.path).parent.glob(PREFIX + "*"):
            with suppress(OSError):
                if _is_abandoned(path):
                    shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(path: Path) -> bool:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or time.time() - status.st_mtime < YOUNG_S:
        return False
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
