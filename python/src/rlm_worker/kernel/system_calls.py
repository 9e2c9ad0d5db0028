"""System calls that no code block in a container needs, refused whatever profile the container's runtime brings.

What is refused was open in Docker's own profile of some version: io_uring, and socket families that no network
namespace holds, above all the hypervisor's.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, AF_UNIX

from .seccomp import failing, install, only, program
from .system_call_numbers import this_machine

_REFUSED = (
    *("ptrace", "pivot_root", "mount", "umount2", "add_key", "request_key", "keyctl", "unshare", "perf_event_open"),
    *("open_by_handle_at", "setns", "process_vm_readv", "process_vm_writev", "bpf", "userfaultfd"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "open_tree", "move_mount", "fsopen", "fsconfig"),
    *("fsmount", "fspick", "pidfd_getfd", "mount_setattr"),
)
_NETLINK = 16
_FAMILIES = (AF_UNIX, AF_INET, AF_INET6, _NETLINK)


def refuse_system_calls() -> None:
    """Refuses system calls for this thread and all that it starts.

    Needs no-new-privileges. 64-bit Linux on x86 and ARM only.

    Raises OSError when the kernel does not take the filter.
    """
    machine = this_machine()
    if machine is not None:
        refused = dict.fromkeys(_REFUSED, failing())
        install(program(machine, refused, {"socket": only(0, _FAMILIES, failing())}))
