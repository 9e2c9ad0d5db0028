"""What works for a run in a thread of its own knows whose work it does: the context of who started it goes with it."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def carried(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """``function`` in the context of now, wherever and whenever it is called. Each call has a copy of that context."""
    context = contextvars.copy_context()

    def in_context(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        return context.copy().run(function, *args, **kwargs)

    return in_context
