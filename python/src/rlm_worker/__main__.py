"""``python -m rlm_worker``: claim the descriptors, say ready, serve, exit 0."""

import os
import sys
from contextlib import suppress

from .wire import stdio

MIN_DESCRIPTORS = 40
"""For the wire, a REPL, and a few connections. With less, imports fail in words that name something else."""


def main() -> None:
    descriptors = stdio.claim()

    import platform
    import resource

    from . import __version__
    from .packages import require_packages
    from .prompts_version import PROMPTS_VERSION
    from .server import Server, Versions
    from .wire.temporary_folder import TemporaryFolder

    open_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if open_files != resource.RLIM_INFINITY and open_files < MIN_DESCRIPTORS:
        raise SystemExit(f"Too many open files: the limit is {open_files}, and the worker needs {MIN_DESCRIPTORS}.")
    found = require_packages()
    folder = TemporaryFolder()
    versions: Versions = {
        "workerVersion": __version__,
        "rlmsVersion": found["rlms"],
        "promptsVersion": PROMPTS_VERSION,
        "pythonVersion": platform.python_version(),
        "priceTable": f"genai-prices {found['genai-prices']}",
    }
    try:
        Server(descriptors, versions, folder).serve()
    finally:
        folder.remove()
    with suppress(OSError):  # nobody reads it any more
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)  # all it held is given back; to take down each of its modules takes as long as a kernel's start


if __name__ == "__main__":
    main()
