"""What the whole tree of a run shares, and which run and node of it the current thread is working for."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rlm.core.types import RLMChatCompletion

from .._generated.messages import RunSpec
from ..cancel import StopSignal
from ..clients.reply_schema import Schema
from ..coverage import Coverage
from ..journal.journal import Journal
from ..journal.places import Place
from ..ledger.book import ASKED_BY_CODE
from ..ledger.calls import Caller, CallRecord
from ..ledger.ledger import Ledger
from ..ledger.limits import CallLimit, ChildSlots
from ..ledger.models import Model, Models
from ..ledger.prices import PriceBook
from ..wire.events import Events
from ..wire.host_requests import HostRequests
from ..wire.redaction import Redactor

if TYPE_CHECKING:
    from .._generated.outgoing import CallRole

IN_PROCESS_ENVIRONMENTS = frozenset({"docker", "landlock", "local"})
"""Environments of ours: their sub-calls come through the kernel's pipe, and no socket is opened."""

IN_PROCESS_HOST = "in-process"

Address = tuple[str, int]


class Router(Protocol):
    """Takes the sub-calls of one node's REPL."""

    def sub_calls(
        self, prompts: list[str], model: str | None, depth: int, schema: Schema | None = None
    ) -> list[RLMChatCompletion]: ...
    def stop(self) -> None: ...


@dataclass
class Node:
    """One RLM of the tree (the root is "0", its second child "0/2"), or one plain call made from its REPL.

    Attributes:
        model: the model that serves its calls.
        schema: what the reply to a plain call is to fit.
        iteration: its current iteration, from 1; ``code_block``: the block of it that runs, from 0.
        last_reply: the last answer to a call of its own.
    """

    path: str
    depth: int
    model: Model
    role: CallRole
    requested_model: str | None = None
    schema: Schema | None = None
    iteration: int = 0
    code_block: int = 0
    last_reply: CallRecord | None = None

    @property
    def caller(self) -> Caller:
        block = self.code_block if self.role in ASKED_BY_CODE else 0
        return Caller(
            self.role,
            self.path,
            self.depth,
            self.requested_model,
            iteration=self.iteration,
            code_block=block,
        )

    @property
    def place(self) -> Place:
        """Where in the run its code is."""
        return Place(self.path, self.iteration, self.code_block)

    @contextmanager
    def acting_as(self, role: CallRole) -> Generator[None]:
        """Record its own calls under another role meanwhile."""
        usual, self.role = self.role, role
        try:
            yield
        finally:
            self.role = usual

    def child(self, path: str, model: Model, requested_model: str | None) -> Node:
        return Node(path, self.depth + 1, model, "child", requested_model)

    def plain_call(
        self, role: CallRole, model: Model, requested_model: str | None, schema: Schema | None = None
    ) -> Node:
        return Node(
            self.path,
            self.depth + 1,
            model,
            role,
            requested_model,
            schema,
            iteration=self.iteration,
            code_block=self.code_block,
        )


@dataclass
class Scope:
    """One run, as everything in its tree sees it."""

    run_id: str
    spec: RunSpec
    stop: StopSignal
    events: Events
    redact: Redactor
    host: HostRequests
    journal: Journal
    ledger: Ledger
    models: Models
    prices: PriceBook
    coverage: Coverage
    tool_limit: CallLimit
    child_slots: ChildSlots
    routers: dict[Address, Router] = field(default_factory=dict[Address, Router])
    _ports: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._tool_calls = itertools.count(self.journal.recorded.spent.last_tool + 1)

    @property
    def seed(self) -> str:
        """Of ``random`` in its code blocks: the same in every life of the run."""
        return self.run_id if self.spec.journal is None else self.spec.journal.seed

    @property
    def official_environment(self) -> str:
        """What the official loop takes it for: it has children, turns and compaction for those alone that it knows, and
        landlock is none of them."""
        return "local" if self.spec.environment == "landlock" else self.spec.environment

    @property
    def in_process(self) -> bool:
        return self.spec.environment in IN_PROCESS_ENVIRONMENTS

    def next_tool_call(self) -> str:
        return f"tool-{next(self._tool_calls)}"

    def add_router(self, router: Router, address: Address | None = None) -> Address:
        """Register a node's router under a socket's address, or under a made-up one."""
        with self._lock:
            address = address or (IN_PROCESS_HOST, next(self._ports))
            self.routers[address] = router
            return address

    def router(self, address: Address) -> Router | None:
        """The router behind an address of ours; None: use the official socket protocol."""
        return self.routers.get(address) if self.in_process else None

    def close(self) -> None:
        """Stop every router: officially one is left running when its environment fails to start."""
        for router in list(self.routers.values()):
            router.stop()


_current_scope: ContextVar[Scope | None] = ContextVar("current_scope", default=None)
_current_node: ContextVar[Node] = ContextVar("current_node")


def current_scope() -> Scope | None:
    """The run that this thread, or coroutine, works for; None outside of any."""
    return _current_scope.get()


def current_node() -> Node:
    """The node whose turn or sub-call runs in this thread."""
    return _current_node.get()


@contextmanager
def working_for(scope: Scope, node: Node) -> Generator[None]:
    """Within it, and where its context is carried to, the seams serve ``node`` of this run."""
    run, place = _current_scope.set(scope), _current_node.set(node)
    try:
        yield
    finally:
        _current_node.reset(place)
        _current_scope.reset(run)
