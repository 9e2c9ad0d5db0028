"""Seccomp filters: programs of the kernel's packet filter, put together from what is refused."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Iterable, Sequence

from .libc import LIBC
from .system_call_numbers import NUMBERS, X32, Machine

Instruction = tuple[int, int, int, int]
"""A code, how many instructions to skip when its test is true and when it is false, and a value."""

Body = Sequence[Instruction]
"""What judges the arguments of one system call. It ends on every path."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _AUDIT_NAME, _ARGUMENTS = 0, 4, 16
_SET_SECCOMP, _FILTER = 22, 2
ALLOW: Instruction = (_RETURN, 0, 0, 0x7FFF0000)


class _Line(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("lines", ctypes.POINTER(_Line)))


def failing(number: int = errno.EPERM) -> Instruction:
    """The call is not made, and fails with ``number``."""
    return (_RETURN, 0, 0, 0x00050000 | number)


def argument(at: int, *, upper: bool = False) -> Instruction:
    """Loads the lower half of an argument, or the upper one."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * at + 4 * upper)


def masked(mask: int) -> Instruction:
    """Keeps these bits of what is loaded."""
    return (_AND, 0, 0, mask)


def unless(value: int, verdict: Instruction) -> Body:
    """``verdict`` for another value than this."""
    return [(_EQUAL, 1, 0, value & 0xFFFFFFFF), verdict]


def when(value: int, verdict: Instruction) -> Body:
    """``verdict`` for this value of what is loaded."""
    return [(_EQUAL, 0, 1, value & 0xFFFFFFFF), verdict]


def if_any(mask: int, verdict: Instruction) -> Body:
    """``verdict`` when one of these bits is set."""
    return [(_ANY_BIT, 0, 1, mask), verdict]


def only(at: int, values: Iterable[int], verdict: Instruction) -> Body:
    """``verdict`` unless an argument is one of ``values``."""
    return [argument(at), *_each(values, ALLOW), verdict]


def never(at: int, values: Iterable[int], verdict: Instruction) -> Body:
    """``verdict`` when an argument is one of ``values``."""
    return [argument(at), *_each(values, verdict), ALLOW]


def program(
    machine: Machine, refused: dict[str, Instruction], judged: dict[str, Body], newest: int | None = None
) -> list[Instruction]:
    """A filter by names: ``refused`` are never made, ``judged`` by their arguments. Those above ``newest`` do not
    exist."""
    lines: list[Instruction] = [(_LOAD, 0, 0, _AUDIT_NAME), *unless(machine.audit_name, failing())]
    lines += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, X32), failing()]
    bodies = {**{name: [verdict] for name, verdict in refused.items()}, **judged}
    for name, body in bodies.items():
        number = NUMBERS[name][machine.column]
        if number is not None:
            lines += [(_EQUAL, 0, len(body), number), *body]
    if newest is not None:
        lines += [(_AT_LEAST, 0, 1, newest + 1), failing(errno.ENOSYS)]
    return [*lines, ALLOW]


def install(lines: Sequence[Instruction]) -> None:
    """For this thread and all that it starts. Needs no-new-privileges. Raises OSError when the kernel takes no
    filter."""
    array = (_Line * len(lines))(*(_Line(*fields) for fields in lines))
    filtered = _Program(len(lines), array)
    if LIBC.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(filtered), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel took no seccomp filter")


def _each(values: Iterable[int], verdict: Instruction) -> Body:
    return [line for value in values for line in when(value, verdict)]
