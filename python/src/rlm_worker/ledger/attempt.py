"""A call under way."""

from __future__ import annotations

from typing import NamedTuple

from .call_bill import CallBill
from .calls import Caller, Described
from .limits import Reservation
from .models import Model


class Attempt(NamedTuple):
    """What the ledger knows of a call from its start to its end. ``started``: by ``time.perf_counter``."""

    call: str
    started: float
    reservation: Reservation | None
    model: Model
    caller: Caller
    described: Described
    bill: CallBill
