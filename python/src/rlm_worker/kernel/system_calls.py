"""System calls that no code block needs, refused whatever profile the container's runtime brings: a seccomp filter.

What is in it was open in Docker's own profile of some version: io_uring, and socket families that no network
namespace holds, above all the hypervisor's.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import sys

_X86_64 = (0xC000003E, 41, (101, 155, 165, 166, 248, 249, 250, 272, 298, 304, 308, 310, 311, 321, 323))
_ARM64 = (0xC00000B7, 198, (117, 41, 40, 39, 217, 218, 219, 97, 241, 265, 268, 270, 271, 280, 282))
_MACHINES = {"x86_64": _X86_64, "aarch64": _ARM64, "arm64": _ARM64}
"""Audit name, number of socket, and of: ptrace, pivot_root, mount, umount2, add_key, request_key, keyctl, unshare,
perf_event_open, open_by_handle_at, setns, process_vm_readv, process_vm_writev, bpf, userfaultfd."""
_EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442)
"""io_uring_setup, _enter, _register; open_tree, move_mount, fsopen, fsconfig, fsmount, fspick; pidfd_getfd;
mount_setattr."""
_X32 = 0x40000000
_FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6, AF_NETLINK."""

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _AUDIT_NAME, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_SET_SECCOMP, _FILTER = 22, 2


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def refuse_system_calls() -> None:
    """Refuses system calls for this thread and all that it starts.

    Needs no-new-privileges. 64-bit Linux on x86 and ARM only.

    Raises OSError when the kernel does not take the filter.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or not sys.platform.startswith("linux") or sys.maxsize < 1 << 32:
        return
    instructions = _instructions(*machine)
    array = (_Instruction * len(instructions))(*(_Instruction(*fields) for fields in instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(instructions), array)
    if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel took no seccomp filter")


def _instructions(audit_name: int, socket: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Jumps count the instructions to skip; the last two are the verdicts."""
    lines = [(_LOAD, 0, 0, _AUDIT_NAME), (_EQUAL, 1, 0, audit_name), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, _NUMBER)]
    tests = [(_AT_LEAST, _X32), *((_EQUAL, number) for number in (*refused, *_EVERYWHERE))]
    families = len(_FAMILIES)
    lines += [(code, len(tests) - at + 1 + families, 0, value) for at, (code, value) in enumerate(tests)]
    lines += [(_EQUAL, 0, families + 2, socket), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
    lines += [(_EQUAL, families - at, 0, family) for at, family in enumerate(_FAMILIES)]
    return [*lines, (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
