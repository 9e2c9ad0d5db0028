"""The effects of a run's earlier lives: found by place and content, and given out once each."""

from __future__ import annotations

import json
import os
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO, Literal, NamedTuple

from pydantic import TypeAdapter

from .._generated.messages import (
    Recorded,
    RecordedBlock,
    RecordedCall,
    RecordedChild,
    RecordedCut,
    RecordedStrategy,
    RecordedTool,
    RecordedVerdict,
)
from .places import Place

OWN_TURNS = frozenset({"root", "child", "compaction", "default_answer"})
"""Roles of a node's own calls, which come one after the other."""

Kind = Literal["turn", "code", "tool", "child", "verdict"]
OF_CODE: tuple[Kind, ...] = ("code", "tool", "child")
"""What code blocks ask for."""

Taken = RecordedCall | RecordedTool | RecordedChild | RecordedVerdict


@cache
def effects() -> TypeAdapter[Recorded]:
    """What reads them; made when a run has any."""
    return TypeAdapter(Recorded)


class Slot(NamedTuple):
    """Where effects are looked for: ``role`` tells a node's own turns apart, and is "" for everything else."""

    kind: Kind
    place: Place
    role: str = ""


@dataclass(slots=True)
class _Entry:
    """A line of the file. ``before``: the node's last call of the same role, whose messages this one goes on from."""

    offset: int
    key: str
    model: str | None = None
    before: _Entry | None = None


@dataclass
class Spent:
    """What the earlier lives came to, whether the run asks for it again or not.

    Attributes:
        turns: of each node, the last iteration in which it asked its model.
    """

    calls: list[RecordedCall] = field(default_factory=list[RecordedCall])
    last_call: int = 0
    last_tool: int = 0
    tool_calls: int = 0
    children: dict[str, int] = field(default_factory=dict[str, int])
    turns: dict[str, int] = field(default_factory=dict[str, int])


class RecordedEffects:
    """Keeps where each stands, and reads it again when it is wanted: a journal may be larger than memory."""

    def __init__(self, path: str | None) -> None:
        """``path``: a file of one ``Recorded`` a line; None for a run that has no earlier life."""
        self._file: BinaryIO | None = None if path is None else os.fdopen(os.open(path, os.O_RDONLY), "rb")
        self._slots: dict[Slot, dict[str, deque[_Entry]]] = {}
        self._ended_blocks: set[Place] = set()
        self._cuts: dict[Place, int] = {}
        self.strategy: RecordedStrategy | None = None
        self.spent = Spent()
        if self._file is not None:
            self._index()

    def take(self, slot: Slot, key: str, model: str | None = None) -> Taken | None:
        """The next effect there that was asked for in the same words, of ``model`` or of any; it is given out once."""
        waiting = self._slots.get(slot, {}).get(key)
        entry = next((entry for entry in waiting or () if entry.model in (None, model)), None)
        if waiting is None or entry is None:
            return None
        waiting.remove(entry)
        return self._read(entry.offset)

    def take_first(self, slot: Slot) -> Taken | None:
        """The first effect there that was not asked for, whatever its words were."""
        entry = self._first_left(slot)
        if entry is None:
            return None
        self._slots[slot][entry.key].remove(entry)
        return self._read(entry.offset)

    def left(self, slot: Slot) -> int:
        """How many there were not asked for."""
        return sum(len(entries) for entries in self._slots.get(slot, {}).values())

    def first_left(self, slot: Slot) -> Taken | None:
        entry = self._first_left(slot)
        return None if entry is None else self._read(entry.offset)

    def is_ended(self, place: Place) -> bool:
        """Whether the code block came to its end, so that all that it asked for is known."""
        return place in self._ended_blocks

    def cut(self, place: Place) -> RecordedCut | None:
        """What was told of the code block, where it lost variables or did not come to its end."""
        offset = self._cuts.get(place)
        return None if offset is None else self._read(offset)

    def messages(self, slot: Slot) -> list[dict[str, Any]]:
        """The prompt of the first call there that was not asked for; none when there is none."""
        entry = self._first_left(slot)
        return [] if entry is None else self._messages(entry)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _first_left(self, slot: Slot) -> _Entry | None:
        left = (entry for entries in self._slots.get(slot, {}).values() for entry in entries)
        return min(left, key=lambda entry: entry.offset, default=None)

    def _messages(self, entry: _Entry) -> list[dict[str, Any]]:
        chain: list[RecordedCall] = []
        at: _Entry | None = entry
        while at is not None:
            call = self._read(at.offset)
            assert isinstance(call, RecordedCall)
            chain.append(call)
            at = at.before if call.prompt.kept > 0 else None
        messages: list[dict[str, Any]] = []
        for call in reversed(chain):
            messages = [*messages[: call.prompt.kept], *call.prompt.messages]
        return messages

    def _read(self, offset: int) -> Any:
        assert self._file is not None
        self._file.seek(offset)
        return effects().validate_python(json.loads(self._file.readline()), by_alias=True, by_name=False)

    def _index(self) -> None:
        assert self._file is not None
        own_turns: dict[tuple[str, str], tuple[_Entry, RecordedCall]] = {}
        offset = 0
        for line in self._file:
            effect = effects().validate_python(json.loads(line), by_alias=True, by_name=False)
            if isinstance(effect, RecordedCall):
                self._add_call(effect, offset, own_turns)
            elif isinstance(effect, RecordedBlock):
                self._ended_blocks.add(Place(effect.node, effect.iteration, effect.code_block))
            elif isinstance(effect, RecordedCut):
                self._cuts[Place(effect.node, effect.iteration, effect.code_block)] = offset
            elif isinstance(effect, RecordedStrategy):
                self.strategy = self.strategy or effect
            else:
                self._add_other(effect, offset)
            offset += len(line)
        self._forget_what_ended_the_run(own_turns)

    def _add_call(
        self, call: RecordedCall, offset: int, own_turns: dict[tuple[str, str], tuple[_Entry, RecordedCall]]
    ) -> None:
        spent = self.spent
        spent.last_call = max(spent.last_call, _number(call.call))
        if not call.inherited:
            spent.calls.append(call.model_copy(update={"text": "", "prompt": None}))
        entry = _Entry(offset, call.key, call.model)
        is_turn = call.role in OWN_TURNS
        if is_turn:
            previous = own_turns.get((call.node, call.role))
            entry.before = previous[0] if previous else None
            own_turns[call.node, call.role] = entry, call
            spent.turns[call.node] = max(spent.turns.get(call.node, 0), call.iteration)
        if call.outcome != "abandoned":
            self._put(slot_of(call.role, Place(call.node, call.iteration, call.code_block)), entry)

    def _add_other(self, effect: RecordedTool | RecordedChild | RecordedVerdict, offset: int) -> None:
        spent = self.spent
        if isinstance(effect, RecordedTool):
            spent.last_tool = max(spent.last_tool, _number(effect.call))
            spent.tool_calls += 1
        elif isinstance(effect, RecordedChild):
            number = int(effect.child.rpartition("/")[2])
            spent.children[effect.node] = max(spent.children.get(effect.node, 0), number)
        place = Place(effect.node, effect.iteration, effect.code_block)
        self._put(Slot(effect.kind, place), _Entry(offset, effect.key))

    def _put(self, slot: Slot, entry: _Entry) -> None:
        self._slots.setdefault(slot, {}).setdefault(entry.key, deque()).append(entry)

    def _forget_what_ended_the_run(self, own_turns: dict[tuple[str, str], tuple[_Entry, RecordedCall]]) -> None:
        """A failure of the root's own call after which it made none was its end: it is tried again."""
        turns = [turn for (node, _), turn in own_turns.items() if node == "0"]
        entry, call = max(turns, key=lambda turn: turn[0].offset, default=(None, None))
        if entry is None or call is None or call.outcome != "failed":
            return
        slot = slot_of(call.role, Place(call.node, call.iteration, call.code_block))
        self._slots[slot][entry.key].remove(entry)


def slot_of(role: str, place: Place) -> Slot:
    """Where a model call is looked for."""
    return Slot("turn", place, role) if role in OWN_TURNS else Slot("code", place)


def _number(call: str) -> int:
    return int(call.rpartition("-")[2])
