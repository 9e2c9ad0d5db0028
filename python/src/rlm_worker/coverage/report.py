"""What is told of the coverage: the wire's fields, and the words for a model that read too little."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from ..context import Kind
from .documents import Text

if TYPE_CHECKING:
    from .._generated import outgoing as out

Item = TypeVar("Item")

MAX_RANGES = 10_000
"""Unread ranges that are reported: the longest."""

MAX_DOCUMENTS = 100_000
"""Documents that are reported: the least read."""

MAX_NAME_CHARS = 4_000_000
"""Of the names of all documents that are reported, and again of all ranges, so that the report fits the wire."""

MAX_PROBLEM_CHARS = 2_000
MAX_KEY_CHARS = 200


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Characters ``start`` to ``end`` of the document at a place of the context."""

    place: int
    start: int
    end: int

    @property
    def chars(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Measured:
    """Attributes:
    texts: all documents, in the order of the context.
    unread: what nobody saw of them, in that order.
    by_role: how many characters each role saw.
    """

    texts: list[Text]
    unread: list[Range]
    by_role: dict[str, int]

    @property
    def chars(self) -> int:
        return sum(text.chars for text in self.texts)

    @property
    def seen(self) -> int:
        return self.chars - sum(unread.chars for unread in self.unread)


def nothing_seen(texts: list[Text]) -> Measured:
    return Measured(texts, [Range(place, 0, text.chars) for place, text in enumerate(texts) if text.chars], {})


def fraction(seen: int, chars: int) -> float:
    """1.0 exactly when all was seen; of nothing, all was."""
    return seen / chars if chars else 1.0


def wire_coverage(measured: Measured, sha256: str, kind: Kind) -> out.CoverageMeasured:
    """The fields of ``coverage.measured``; documents and ranges in the order of the context."""
    texts, chars, seen = measured.texts, measured.chars, measured.seen
    unread_of = [0] * len(texts)
    for unread in measured.unread:
        unread_of[unread.place] += unread.chars
    read = [fraction(text.chars - unread, text.chars) for text, unread in zip(texts, unread_of, strict=True)]
    least_read = sorted(range(len(texts)), key=read.__getitem__)
    longest = sorted(measured.unread, key=lambda unread: -unread.chars)
    places = sorted(_that_fit(least_read, [texts[place].name for place in least_read], MAX_DOCUMENTS))
    ranges = sorted(_that_fit(longest, [texts[unread.place].name for unread in longest], MAX_RANGES))
    return {
        "type": "coverage.measured",
        "contextChars": chars,
        "contextSha256": sha256,
        "seenChars": seen,
        "seenFraction": fraction(seen, chars),
        "byRole": {
            "root": fraction(measured.by_role.get("root", 0), chars),
            "sub": fraction(measured.by_role.get("sub", 0), chars),
        },
        "documents": [
            {"name": texts[place].name, "chars": texts[place].chars, "seenFraction": read[place]} for place in places
        ],
        "unread": [
            {"document": None if kind == "text" else texts[r.place].name, "start": r.start, "end": r.end}
            for r in ranges
        ],
    }


def problem(measured: Measured, required: float, kind: Kind, is_list: bool, variable: str) -> str:
    """Why an answer is not taken, for the model, in the words of its REPL; about MAX_PROBLEM_CHARS."""
    chars, seen = measured.chars, measured.seen
    read = math.floor(fraction(seen, chars) * 10_000) / 100  # never rounded up to what is asked for
    said = (
        f"{read:g}% of the context was read ({seen:,} of {chars:,} characters), and the answer needs "
        f"{required * 100:g}%. Pass what is unread to llm_query, as it is. Unread, the longest parts first: "
    )
    longest = sorted(measured.unread, key=lambda unread: -unread.chars)
    named = 0
    for unread in longest:
        part = f"{_expression(unread, measured.texts[unread.place], kind, is_list, variable)}, "
        if len(said) + len(part) > MAX_PROBLEM_CHARS:
            break
        said, named = said + part, named + 1
    left = len(longest) - named
    return f"{said}and {left:,} more." if left else f"{said[:-2]}."


def _expression(unread: Range, text: Text, kind: Kind, is_list: bool, variable: str) -> str:
    if kind == "text":
        value = variable
    elif is_list:
        value = f"{variable}[{unread.place}]"
    elif len(text.name) <= MAX_KEY_CHARS:
        value = f"{variable}[{json.dumps(text.name, ensure_ascii=False)}]"
    else:
        value = f"{variable}[list({variable})[{unread.place}]]"
    if not text.is_text:
        value = f"json.dumps({value}, ensure_ascii=False)"
    return value if unread.chars == text.chars else f"{value}[{unread.start}:{unread.end}]"


def _that_fit(items: Iterable[Item], names: Iterable[str], most: int) -> Iterator[Item]:
    room = MAX_NAME_CHARS
    for item, name in islice(zip(items, names, strict=True), most):
        room -= len(name)
        if room < 0:
            return
        yield item
