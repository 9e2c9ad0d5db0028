"""How many processes and threads the limit on a user's processes counts already.

It is asked of the kernel, by trying: a container does not see those of its user that run outside of it.
"""

from __future__ import annotations

import os
import resource


def processes_of_this_user() -> int:
    """This process among them. It must have one thread, and no child that somebody waits for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    try:
        low, high = 0, 1
        while not _may_fork(high, hard):
            low, high = high, 2 * high
            if hard != resource.RLIM_INFINITY and high >= hard:
                return hard
        while high - low > 1:
            middle = (low + high) // 2
            if _may_fork(middle, hard):
                high = middle
            else:
                low = middle
        return high - 1
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))


def _may_fork(limit: int, hard: int) -> bool:
    resource.setrlimit(resource.RLIMIT_NPROC, (limit, hard))
    try:
        child = os.fork()
    except BlockingIOError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True
