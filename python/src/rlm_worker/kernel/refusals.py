"""What a REPL that is confined without a container may not ask of the kernel, beside what Landlock denies it.

Landlock sees files as they are opened, made and removed, and signals from its version 6 on. What it does not see, and
what is bounded by nothing else, is here. A call that is newer than the last one judged does not exist.
"""

from __future__ import annotations

import errno

from .seccomp import ALLOW, Body, Instruction, argument, failing, if_any, masked, never, only, program, unless, when
from .system_call_numbers import NEWEST, Machine

SEES_TRUNCATION = 3
SEES_SIGNALS = 6
"""Versions of Landlock's interface."""

_OTHER_PROCESSES = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp"),
    *("pidfd_open", "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),
    *("migrate_pages", "move_pages"),
)
_PLACES = (
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig"),
    *("fsmount", "fspick", "mount_setattr", "open_tree_attr", "statmount", "listmount"),
)
_KERNEL = (
    *("add_key", "request_key", "keyctl", "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf"),
    *("perf_event_open", "userfaultfd", "open_by_handle_at", "name_to_handle_at", "kexec_load", "kexec_file_load"),
    *("init_module", "finit_module", "delete_module", "modify_ldt", "iopl", "ioperm", "uselib", "personality"),
)
_MACHINE = (
    *("reboot", "swapon", "swapoff", "acct", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex"),
    *("sethostname", "setdomainname", "syslog", "quotactl", "quotactl_fd", "vhangup", "lookup_dcookie", "nfsservctl"),
    *("_sysctl", "sysfs"),
)
_IDENTITY = (
    *("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups"),
    "capset",
)
_WATCHES = ("inotify_init", "inotify_init1", "inotify_add_watch", "fanotify_init", "fanotify_mark")
"""They tell the names of files that Landlock does not let be read."""

_ATTRIBUTES_OF_FILES = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes"),
    *("utimensat", "futimesat", "file_setattr"),
)
"""Landlock does not see them: any file of the worker's user could be closed to it, or opened to others."""

_EXTENDED_ATTRIBUTES = tuple(
    prefix + name + suffix
    for name in ("setxattr", "getxattr", "listxattr", "removexattr")
    for prefix, suffix in (("", ""), ("l", ""), ("f", ""), ("", "at"))
)
_SCHEDULING = ("sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity", "ioprio_set")
_SHARED = (
    *("shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semctl", "semtimedop", "msgget", "msgsnd", "msgrcv"),
    *("msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr"),
    *("memfd_create", "memfd_secret", "io_setup"),
)
"""Shared with other processes of the machine, or memory that no limit of a process counts."""

_SOCKETS = ("socket", "connect", "bind", "listen", "accept", "accept4")

_NEW_NAMESPACES = 0x7E020000
_UNIX, _STREAM, _KIND_OF_SOCKET = 1, 1, 0xF
_HARMLESS_CONTROLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Of a descriptor: is it a terminal, its size, what can be read, whether it blocks, whether a program inherits it."""

_SIGNALS_OF_FILES = (8, 10, 15, 1024, 1026)
"""Whom a file sends a signal, and which; leases, and notices of a folder."""

_PROCESS = 0
_ACCESS_MODE, _TRUNCATE = 3, 0o1000


def filter_of(machine: Machine, landlock: int, pid: int) -> list[Instruction]:
    """``landlock`` is the version of its interface, ``pid`` the process that is confined. An older Landlock sees less,
    and so more is refused."""
    no = failing()
    names = (*_OTHER_PROCESSES, *_PLACES, *_KERNEL, *_MACHINE, *_IDENTITY, *_WATCHES, *_ATTRIBUTES_OF_FILES)
    refused = dict.fromkeys((*names, *_SCHEDULING, *_SHARED, *_SOCKETS), no)
    refused.update(dict.fromkeys(_EXTENDED_ATTRIBUTES, failing(errno.EOPNOTSUPP)))
    refused["clone3"] = failing(errno.ENOSYS)  # its flags are in memory, which no filter reads: libraries take clone
    judged: dict[str, Body] = {
        "clone": [argument(0), *if_any(_NEW_NAMESPACES, no), ALLOW],
        "socketpair": _pair_of_streams(no),
        "sendto": [argument(4), *unless(0, no), argument(4, upper=True), *unless(0, no), ALLOW],
        "ioctl": only(1, _HARMLESS_CONTROLS, failing(errno.ENOTTY)),
        "fcntl": never(1, _SIGNALS_OF_FILES, no),
        "prlimit64": only(0, (0,), no),
        "setpriority": [argument(0), *unless(_PROCESS, no), *only(1, (0,), no)],
    }
    if landlock < SEES_SIGNALS:
        refused["tkill"] = no
        judged["kill"] = only(0, (0, pid, -pid), no)
        judged["tgkill"] = only(0, (pid,), no)
    if landlock < SEES_TRUNCATION:
        refused["truncate"] = no
        refused["openat2"] = failing(errno.ENOSYS)
        judged["open"], judged["openat"] = _no_truncation_by_reading(1, no), _no_truncation_by_reading(2, no)
    return program(machine, refused, judged, NEWEST)


def _pair_of_streams(no: Instruction) -> Body:
    """Connected to each other for good; one that takes messages could send them to another address."""
    kind = [argument(1), masked(_KIND_OF_SOCKET), *unless(_STREAM, no)]
    return [argument(0), *unless(_UNIX, no), *kind, ALLOW]


def _no_truncation_by_reading(flags: int, no: Instruction) -> Body:
    return [argument(flags), masked(_ACCESS_MODE | _TRUNCATE), *when(_TRUNCATE, no), ALLOW]
