"""The end of a folder that model code wrote in."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module


def get_ready() -> None:
    """For ``remove_folder``, whose module takes as long to load as ten of ours: a container has no folder to remove."""
    import_module("shutil")


def remove_folder(path: str) -> None:
    """With all that is in it, also what its owner may not look into. Nobody writes in it any more."""
    with suppress(OSError):  # most often nothing is in it
        os.rmdir(path)
        return
    import shutil

    shutil.rmtree(path, ignore_errors=True)
    if os.path.isdir(path):
        _open_to_its_owner(path)
        shutil.rmtree(path, ignore_errors=True)


def _open_to_its_owner(path: str) -> None:
    todo = [path]
    while todo:
        folder = todo.pop()
        with suppress(OSError):
            os.chmod(folder, 0o700)
            todo += [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
