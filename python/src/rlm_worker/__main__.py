"""``python -m rlm_worker``: claim the descriptors, say ready, serve, exit 0.

With a channel of Node's it is the template, and each of its forks does so.
"""

import gc
import os
import sys
from contextlib import suppress

from .wire import stdio
from .wire.node_channel import NodeChannel

MIN_DESCRIPTORS = 40
"""For the wire, a REPL, and a few connections. With less, imports fail in words that name something else."""


FEWER_COLLECTIONS = (10_000, 10, 10)
"""Of garbage in circles. A wide batch holds many objects that are none, and with Python's own numbers an eighth of its
time goes into looking at them again."""


def main() -> None:
    gc.disable()  # what is imported stays: to look for garbage in it again and again takes a tenth of the start
    channel = NodeChannel.claim()
    descriptors = stdio.claim() if channel is None else None
    if channel is not None:
        stdio.shut_out()
        stdio.name_process("rlm-template")

    import platform
    import resource

    from . import __version__
    from .packages import require_packages
    from .prompts_version import PROMPTS_VERSION
    from .silent_printer import leave_printer_out

    open_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if open_files != resource.RLIM_INFINITY and open_files < MIN_DESCRIPTORS:
        raise SystemExit(f"Too many open files: the limit is {open_files}, and the worker needs {MIN_DESCRIPTORS}.")
    found = require_packages()
    leave_printer_out()
    if channel is not None:
        from .template import become_worker

        become_worker(channel)
    descriptors = descriptors or stdio.claim()

    gc.set_threshold(*FEWER_COLLECTIONS)
    gc.enable()

    from .server import Server, Versions
    from .wire.temporary_folder import TemporaryFolder

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
