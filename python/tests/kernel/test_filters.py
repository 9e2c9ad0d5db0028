"""The filters of system calls, read as the kernel reads them: for both machines, on either of them."""

from __future__ import annotations

import errno
from collections.abc import Sequence

import pytest

from rlm_worker.kernel import refusals, seccomp
from rlm_worker.kernel.system_call_numbers import NEWEST, NUMBERS, X32, Machine

X86_64, ARM64 = Machine(0xC000003E, 0), Machine(0xC00000B7, 1)
ALLOWED = 0
PID = 4321
NEW_USER, CHILD_ENDED = 0x10000000, 17


def verdict(lines: Sequence[seccomp.Instruction], audit_name: int, number: int, *arguments: int) -> int:
    """The error that a call fails with, or ALLOWED."""
    data = {0: number, 4: audit_name}
    for at in range(6):
        value = arguments[at] if at < len(arguments) else 0
        data[16 + 8 * at], data[20 + 8 * at] = value & 0xFFFFFFFF, value >> 32 & 0xFFFFFFFF
    at = loaded = 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        if code == 0x20:
            loaded = data[value]
        elif code == 0x54:
            loaded &= value
        elif code == 0x06:
            return ALLOWED if value == 0x7FFF0000 else value - 0x00050000
        else:
            held = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
            at += yes if held else no


@pytest.fixture(params=[X86_64, ARM64], ids=["x86_64", "arm64"])
def machine(request: pytest.FixtureRequest) -> Machine:
    return request.param


@pytest.mark.parametrize(
    ("name", "arguments", "landlock", "error"),
    [
        ("ptrace", (), 6, errno.EPERM),
        ("mount", (), 6, errno.EPERM),
        ("socket", (1, 1), 6, errno.EPERM),
        ("clone3", (), 6, errno.ENOSYS),
        ("fgetxattr", (), 6, errno.EOPNOTSUPP),
        ("clone", (CHILD_ENDED,), 6, ALLOWED),
        ("clone", (CHILD_ENDED | NEW_USER,), 6, errno.EPERM),
        ("socketpair", (1, 1), 6, ALLOWED),
        ("socketpair", (1, 1 | 0o2004000), 6, ALLOWED),
        ("socketpair", (1, 2), 6, errno.EPERM),
        ("socketpair", (2, 1), 6, errno.EPERM),
        ("sendto", (3, 0, 1, 0, 0), 6, ALLOWED),
        ("sendto", (3, 0, 1, 0, 4096), 6, errno.EPERM),
        ("sendto", (3, 0, 1, 0, 1 << 40), 6, errno.EPERM),
        ("ioctl", (1, 0x541B), 6, ALLOWED),
        ("ioctl", (1, 0x5412), 6, errno.ENOTTY),
        ("fcntl", (1, 2, 1), 6, ALLOWED),
        ("fcntl", (1, 8, 1), 6, errno.EPERM),
        ("prlimit64", (0, 7), 6, ALLOWED),
        ("prlimit64", (PID, 7), 6, errno.EPERM),
        ("setpriority", (0, 0, 5), 6, ALLOWED),
        ("setpriority", (0, 1, 5), 6, errno.EPERM),
        ("setpriority", (2, 0, 5), 6, errno.EPERM),
        ("kill", (1, 9), 6, ALLOWED),
        ("kill", (1, 9), 5, errno.EPERM),
        ("kill", (-1, 9), 5, errno.EPERM),
        ("kill", (PID, 9), 5, ALLOWED),
        ("kill", (-PID, 9), 5, ALLOWED),
        ("kill", (0, 9), 5, ALLOWED),
        ("tgkill", (PID, 1, 9), 5, ALLOWED),
        ("tgkill", (1, 1, 9), 5, errno.EPERM),
        ("tkill", (PID, 9), 5, errno.EPERM),
        ("truncate", (), 3, ALLOWED),
        ("truncate", (), 2, errno.EPERM),
        ("openat", (0, 0, 0o1000), 2, errno.EPERM),
        ("openat", (0, 0, 0o1001), 2, ALLOWED),
        ("openat", (0, 0, 0o1000), 3, ALLOWED),
        ("openat2", (), 2, errno.ENOSYS),
    ],
)
def test_what_a_confined_process_may_call(
    machine: Machine, name: str, arguments: tuple[int, ...], landlock: int, error: int
) -> None:
    number = NUMBERS[name][machine.column]
    assert number is not None
    assert verdict(refusals.filter_of(machine, landlock, PID), machine.audit_name, number, *arguments) == error


def test_it_makes_no_call_of_another_convention_and_none_that_is_newer(machine: Machine) -> None:
    lines = refusals.filter_of(machine, 6, PID)
    other = ARM64 if machine == X86_64 else X86_64
    ends = NUMBERS["ptrace"][other.column] or 0
    assert verdict(lines, machine.audit_name, NEWEST) == errno.EPERM
    assert verdict(lines, machine.audit_name, NEWEST + 1) == errno.ENOSYS
    assert verdict(lines, machine.audit_name, X32) == errno.EPERM
    assert verdict(lines, machine.audit_name, 63) == ALLOWED
    assert [verdict(lines, name, ends) for name in (other.audit_name, 0x40000003)] == [errno.EPERM, errno.EPERM]


def test_every_name_has_a_number_and_no_number_two_names() -> None:
    for column in (0, 1):
        numbers = [both[column] for both in NUMBERS.values() if both[column] is not None]
        assert len(set(numbers)) == len(numbers)
    assert all(any(number is not None for number in both) for both in NUMBERS.values())
