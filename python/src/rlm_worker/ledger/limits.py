"""What bounds the calls of a run before they are made: the number of sub-calls, of children at once, and the money."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from ..cancel import StopSignal

MIN_OUTPUT_TOKENS = 256
"""A call that can afford less output than this is not worth making: the budget is used up."""

DEFAULT_OUTPUT_TOKENS = 32_768
"""The output bound sent under a budget when neither the user nor the model's known maximum says less."""


class CallRefused(Exception):
    """A call over maxSubCalls or maxToolCalls. An ordinary exception: the REPL sees an error and the run goes on."""


class CallLimit:
    """Admits exactly ``maximum`` calls of one kind over the whole tree. ``kind``: what a message calls them."""

    def __init__(self, maximum: int, kind: str, admitted: int = 0) -> None:
        """``admitted``: in earlier lives of the run."""
        self._maximum = maximum
        self._kind = kind
        self._admitted = admitted
        self._lock = threading.Lock()

    @property
    def is_reached(self) -> bool:
        with self._lock:
            return self._admitted >= self._maximum

    def admit(self) -> None:
        """Raises CallRefused."""
        with self._lock:
            if self._admitted >= self._maximum:
                reached = f"{self._kind} limit reached ({self._admitted} of {self._maximum})"
                raise CallRefused(f"{reached}; answer with what you have")
            self._admitted += 1


class ChildSlots:
    """At most ``count`` child RLMs with a REPL at once over the whole tree, of ``levels`` levels below the root.

    A child keeps its slot while it waits for children of its own, so each level leaves one slot to every deeper one: a
    child of level k is admitted while fewer than count - (levels - k) live. It cannot deadlock: let k be the deepest
    level of those that live. The last one admitted of a level up to k left at most count - (levels - k) alive, which is
    fewer than the bound of level k + 1, and the deepest level waits for no child. A count below ``levels`` counts as
    ``levels``: one chain.
    """

    def __init__(self, count: int, levels: int, stop: StopSignal) -> None:
        self._count = max(count, levels)
        self._levels = levels
        self._alive = 0
        self._stop = stop
        self._changed = threading.Condition()
        stop.on_stop(self._wake)

    @contextmanager
    def hold(self, level: int) -> Generator[None]:
        """``level``: from 1, below the root. Raises RunStopped."""
        bound = self._count - (self._levels - level)
        with self._changed:
            self._changed.wait_for(lambda: self._alive < bound or self._stop.stopped)
            self._stop.raise_if_stopped()
            self._alive += 1
        try:
            yield
        finally:
            with self._changed:
                self._alive -= 1
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


DEARER = "A call cost more than its worst case: the provider ignored its bounds."
"""Why a run ends whose bill is over its budget."""


class BudgetExhausted(Exception):
    """Not even the smallest useful call fits what is left of the budget."""


@dataclass
class Reservation:
    """Money held for one call until it settles. ``amount`` in USD."""

    amount: Decimal
    max_output_tokens: int
    settled: bool = False


class Budget:
    """A cap on spending that holds for any number of calls at once: a call's worst case is set aside before it is made.
    Of the provider loop alone.

    What may have been billed (an abandoned call, a connection lost before the answer) stays set aside for good.
    """

    def __init__(self, cap_usd: Decimal, gone: Decimal = Decimal(0)) -> None:
        """``gone``: what earlier lives of the run spent, or may have."""
        self.cap_usd = cap_usd
        self._gone = gone
        self._in_flight = Decimal(0)
        self._turn = asyncio.Lock()
        self._settled = asyncio.Event()

    @property
    def is_passed(self) -> bool:
        return self._gone > self.cap_usd

    async def reserve(self, price: Callable[[int], Decimal], max_output_tokens: int) -> Reservation:
        """Set a call's worst case aside, once other calls have settled where it must, with less output where it must.

        Args:
            price: the most a call can cost, in USD, by its bound on output tokens; grows with it.
            max_output_tokens: the bound wanted.

        Raises:
            BudgetExhausted: not even MIN_OUTPUT_TOKENS (or the smaller bound wanted) can be afforded.
        """
        wanted = price(max_output_tokens)
        async with self._turn:  # whoever came first has the money that comes back first
            while wanted > self._room() and self._in_flight > 0:
                self._settled.clear()
                await self._settled.wait()
            if wanted > self._room():
                max_output_tokens = self._affordable(price, max_output_tokens)
                wanted = price(max_output_tokens)
            self._in_flight += wanted
            return Reservation(wanted, max_output_tokens)

    def settle(self, reservation: Reservation, cost_usd: Decimal | None) -> bool:
        """End a reservation, once; None: the cost is unknown, all of it counts. False when the bill is over the cap."""
        if not reservation.settled:
            reservation.settled = True
            self._in_flight -= reservation.amount
            self._gone += reservation.amount if cost_usd is None else cost_usd
            self._settled.set()
        return not self.is_passed

    def write_off(self, amount: Decimal) -> bool:
        """Count a lost attempt that was or may be billed, beside the one to come. False when it does not fit."""
        if amount > self._room():
            return False
        self._gone += amount
        return True

    def _room(self) -> Decimal:
        return self.cap_usd - self._gone - self._in_flight

    def _affordable(self, price: Callable[[int], Decimal], most: int) -> int:
        """The largest output bound whose price fits the room, by bisection."""
        room, least = self._room(), min(MIN_OUTPUT_TOKENS, most)
        if price(least) > room:
            raise BudgetExhausted
        while least < most:
            middle = (least + most + 1) // 2
            if price(middle) <= room:
                least = middle
            else:
                most = middle - 1
        return least
