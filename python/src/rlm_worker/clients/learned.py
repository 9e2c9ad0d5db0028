"""What providers said of their models' limits and shapes when they refused a call, for the life of the process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cache

from .dialects import SaidLimits
from .request import Form
from .shapes import ANY_SHAPE, Shape

MOST_SCHEMAS = 1000
"""Generated code may ask for any number of them."""


@dataclass(slots=True)
class Learned:
    """What one address said of one model; None: nothing. ``window_holds_answer``: prompt and answer share it."""

    context_window: int | None = None
    output_limit: int | None = None
    limit_name: str | None = None
    window_holds_answer: bool = False
    shape: Shape = ANY_SHAPE
    _refused_forms: dict[str, set[Form]] = field(default_factory=dict[str, set[Form]])

    def learn(self, said: SaidLimits) -> None:
        self.context_window = said.window or self.context_window
        self.output_limit = said.output_limit or self.output_limit
        self.limit_name = said.limit_name or self.limit_name

    def refused_forms(self, *schemas: str) -> set[Form]:
        """The forms of a reply that are not taken with these schemas, by their digests; "" stands for every one."""
        return set[Form]().union(*(self._refused_forms.get(schema, ()) for schema in schemas))

    def refuse_form(self, schema: str, form: Form) -> None:
        if schema in self._refused_forms or len(self._refused_forms) < MOST_SCHEMAS or not schema:
            self._refused_forms.setdefault(schema, set()).add(form)


_lock = threading.Lock()


def learned_of(address: str, model: str) -> Learned:
    """The one record of a model at an address."""
    with _lock:
        return _record(address, model)


@cache
def _record(address: str, model: str) -> Learned:
    return Learned()
