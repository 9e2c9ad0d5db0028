"""An environment as one turn of the official loop sees it: every code block of it is reported."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol, cast

from rlm.core.types import REPLResult

from ..environments.block_result import BlockResult, BlockStatus
from ..environments.cut_blocks import is_cut, run_again
from .scope import Node, Scope
from .turn_notes import cut_sub_calls

if TYPE_CHECKING:
    from ..environments.kernel_repl import KernelREPL


class ExecutesCode(Protocol):
    """All that a turn of the official loop asks of an environment."""

    def execute_code(self, code: str) -> REPLResult: ...


class ObservedEnvironment:
    """Reports each code block of one iteration."""

    def __init__(self, environment: ExecutesCode, scope: Scope, node: Node) -> None:
        self._environment = environment
        self._scope = scope
        self._node = node
        self._next_block = 0

    def execute_code(self, code: str) -> REPLResult:
        events, ledger, node = self._scope.events, self._scope.ledger, self._node
        node.code_block, self._next_block = self._next_block, self._next_block + 1
        started, before = time.perf_counter(), ledger.sub_calls(node.path)
        asked_before = len(ledger.asked_by(node.path))
        self._scope.journal.block_starts(node.place)
        events.code_block_started(node, code)
        result = self._run(code)
        self._scope.journal.block_ended(node.place)
        status, cut = status_of(result), cut_sub_calls(ledger.asked_by(node.path)[asked_before:])
        if cut is not None:
            vars(result)["status"] = status  # the note is no error
            result.stderr = f"{result.stderr}\n{cut}".lstrip("\n")
        events.code_block_completed(
            node,
            status=status,
            stdout=result.stdout,
            stderr=result.stderr,
            sub_calls=ledger.sub_calls(node.path) - before,
            duration_ms=(time.perf_counter() - started) * 1000,
        )
        return result

    def _run(self, code: str) -> REPLResult:
        journal, place = self._scope.journal, self._node.place
        cut = journal.cut(place)
        if cut is not None:
            return run_again(cast("KernelREPL", self._environment), code, cut)
        result = self._environment.execute_code(code)
        if isinstance(result, BlockResult) and is_cut(result):
            journal.block_cut(
                place,
                {
                    "kind": "block.cut",
                    **place.to_wire(),
                    "status": result.status,
                    "stdout": result.stdout,
                    "stderr": result.stderr,
                    "lostBefore": result.lost_before,
                    "lostWithin": result.lost_within,
                },
            )
        return result


def status_of(result: REPLResult) -> BlockStatus:
    """How a code block ended. Pass-through environments do not say: as officially, text on stderr is an error there."""
    return getattr(result, "status", None) or ("error" if result.stderr else "ok")
