"""The process that local kernels are forked from, as whoever started it holds it: it has their program loaded and has
run nothing of anybody's.

A kernel costs a fork and not a start of Python, and shares the pages of the program with all others. What is of one
kernel comes to it after the fork. Linux only: elsewhere a fork of a process that has loaded things is not sound, and no
process can be made the one that orphans come to.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from typing import Final

from ..kernel import bundle
from ..kernel.codec import encode

MARK: Final = "RLM_BRIDGE_KERNEL"
"""Set for every process of a local kernel, to a name of that kernel's own."""

NO_MARK: Final = "0" * 32
ASK_AGAIN_S: Final = 0.02
KERNEL_VARIABLES: Final = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ")


class TemplateProcess:
    """``control`` is the socket of whoever started it; others have their own, by ``connect``. It ends when all are
    closed, and all of its kernels have ended."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises OSError, and then leaves nothing behind."""
        program = os.memfd_create("rlm-kernel")
        self.control, theirs = control_sockets()
        config = {"control": theirs.fileno(), "markName": MARK}
        try:
            with open(program, "wb", buffering=0) as file, theirs:
                file.write(bundle.payload(config, bundle.TEMPLATE_MODULES))
                file.seek(0)
                self._process = subprocess.Popen(
                    [sys.executable, *bundle.arguments()],
                    stdin=file,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**environment, "HOME": "/", MARK: NO_MARK, **bundle.HASH_SEED},
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        except OSError:
            self.control.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def connect(self) -> socket.socket:
        """For another who asks it for kernels. Raises OSError when it takes nothing; a socket that it could not take
        is closed at once."""
        ours, theirs = control_sockets()
        with theirs:
            try:
                socket.send_fds(self.control, [encode({"worker": True})], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def wait(self, timeout_s: float) -> None:
        """What is not over by then ends by itself."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return


def control_sockets() -> tuple[socket.socket, socket.socket]:
    """One for who asks, who never waits long for it to be taken, and one for the template."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(ASK_AGAIN_S)
    return ours, theirs


def kernel_variables() -> dict[str, str]:
    """Those of this process that a local kernel has, too."""
    return {name: os.environ[name] for name in KERNEL_VARIABLES if name in os.environ}


@cache
def can_fork() -> bool:
    """Whether this machine has what a template needs to know its kernels and what they leave."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
        return os.path.exists(f"/proc/self/task/{os.getpid()}/children")
    except OSError:
        return False
