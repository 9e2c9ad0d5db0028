"""The official library's printer for terminals, left out: what it paints with takes a twelfth of a worker's start, and
no run prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Final

_MODULE: Final = "rlm.logger.verbose"


class VerbosePrinter:
    """As the official one that is not enabled: whatever it is told, it prints nothing."""

    def __init__(self, enabled: bool = True) -> None:
        if enabled:
            raise NotImplementedError("A worker has no terminal to print to.")

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return _print_nothing


def leave_printer_out() -> None:
    """Before anything of the official library is imported."""
    module = ModuleType(_MODULE)
    vars(module)[VerbosePrinter.__name__] = VerbosePrinter
    sys.modules.setdefault(_MODULE, module)


def _print_nothing(*_told: object, **_named: object) -> None: ...
