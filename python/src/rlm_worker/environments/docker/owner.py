"""The identity of this worker process, written on what it starts: a later worker can tell what was left behind."""

from __future__ import annotations

import os
import subprocess
import uuid
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_MACHINE_FILES = ("/etc/machine-id", "/var/lib/dbus/machine-id")


@lru_cache(maxsize=1)
def owner_tag() -> str:
    """``machine:boot:pid namespace:pid:start time``, each part free of colons."""
    pid = os.getpid()
    return ":".join((*_place(), str(pid), _start_time(pid) or "0"))


def owner_is_gone(tag: str) -> bool:
    """True only when that is certain: another machine's or another namespace's process is never judged."""
    parts = tag.split(":")
    if len(parts) != 5 or not parts[3].isdigit():
        return False
    machine, boot, namespace = _place()
    if parts[0] != machine:
        return False
    if parts[1] != boot:
        return boot != ""
    if parts[2] != namespace:
        return False
    pid = int(parts[3])
    started = _start_time(pid)
    # What is told of a process may be hidden from other users, or not be read for want of descriptors.
    return started != parts[4] if started is not None else not _exists(pid)


def _place() -> tuple[str, str, str]:
    machine = next((text for path in _MACHINE_FILES if (text := _read(path))), f"{uuid.getnode():x}")
    namespace = ""
    with suppress(OSError):
        namespace = str(os.stat("/proc/self/ns/pid").st_ino)
    return machine, _read("/proc/sys/kernel/random/boot_id"), namespace


def _start_time(pid: int) -> str | None:
    if os.path.isdir("/proc/self"):
        stat = _read(f"/proc/{pid}/stat")
        return stat.rpartition(")")[2].split()[19] if stat else None
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip().replace(":", ".") or None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It is another user's.
    return True


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError:
        return ""
