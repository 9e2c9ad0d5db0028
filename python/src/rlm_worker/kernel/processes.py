"""The process tree under the supervisor: kept in sight, and ended whole."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from .libc import prctl

_SET_PDEATHSIG = 1
_SET_DUMPABLE = 4
_SET_CHILD_SUBREAPER = 36
KILL_ROUNDS = 200
FORK_SECONDS = 5.0
LAST_BREATH_S = 0.1


def protect_supervisor() -> None:
    """Code of the same user can open neither this process's descriptors nor its memory, and orphans come to it."""
    prctl(_SET_DUMPABLE, 0)
    if os.getpid() != 1:
        prctl(_SET_CHILD_SUBREAPER, 1)


def prepare_interpreter(parent: int) -> None:
    """In the forked child: die with the supervisor, be the first the kernel picks when memory runs out."""
    os.setsid()
    prctl(_SET_PDEATHSIG, signal.SIGKILL)
    prctl(_SET_DUMPABLE, 1)
    if os.getppid() != parent:
        os._exit(0)
    with contextlib.suppress(OSError):
        score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        try:
            os.write(score, b"1000")
        finally:
            os.close(score)


def kill_descendants(child: int) -> None:
    """End ``child`` and everything below this process, also what left its process group."""
    if os.getpid() == 1:
        with contextlib.suppress(OSError):
            os.kill(-1, signal.SIGKILL)
        reap()
        return
    for target in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            target(child, signal.SIGKILL)
    # Most often nothing is left then: what looks for more reads of all processes of the machine.
    exit_within(child, LAST_BREATH_S)
    _kill_all_below()


def fork() -> int:
    """A new process. Where model code took all there may be, those that were ended are waited for, and ended again:
    each counts until it is collected, and on a busy machine the last one takes its time."""
    until = time.monotonic() + FORK_SECONDS
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            if time.monotonic() > until:
                raise
        _kill_all_below()


def _kill_all_below() -> None:
    # Not until nothing below is seen: a process whose parent dies while /proc is read is in nobody's sight.
    for _ in range(KILL_ROUNDS):
        if _reap_to_the_last():
            return
        for pid in descendants(os.getpid()):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)


def descendants(*roots: int) -> list[int]:
    """Every process below ``roots`` that still runs; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                parent = _running_parent(name)
                if parent is not None:
                    children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    todo = list(roots)
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it has not ended; False where there is no /proc."""
    return _running_parent(str(pid)) is not None


def _running_parent(pid: str) -> int | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, parent = file.read().rpartition(b")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return None if state in (b"Z", b"X") else int(parent)


def reap() -> dict[int, int]:
    """Collect children that ended: pid to wait status."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = status


def _reap_to_the_last() -> bool:
    """Whether no child is left. Exact: orphans come to this process before their parent can be reaped."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            return False


def exit_within(pid: int, seconds: float) -> int | None:
    """The wait status of a child that is about to end; None when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            ended, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return None
        if ended:
            return status
        time.sleep(0.002)
    return None


def describe_exit(status: int) -> str:
    """A wait status in words."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"killed by {name}" + (", most likely out of memory" if number == signal.SIGKILL else "")
    return f"exit status {os.WEXITSTATUS(status)}"
