"""Why an answer is not taken that came before enough was read: the words for the model."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

from rlm_coverage import CoverageReport, Range, ReportedText, fraction

from ..context import Kind

MAX_PROBLEM_CHARS = 2_000
MAX_KEY_CHARS = 200


@dataclass(frozen=True, slots=True)
class ContextNames:
    """What the REPL calls the texts of a context: ``variable`` is the whole.

    ``not_text`` has the places of the values that are no texts, and count as their JSON.
    """

    kind: Kind
    is_list: bool
    variable: str
    not_text: set[int] = field(default_factory=set[int])

    def expression(self, unread: Range, text: ReportedText) -> str:
        """Python for a range of a text, and for the text where the range is all of it."""
        if self.kind == "text":
            value = self.variable
        elif self.is_list:
            value = f"{self.variable}[{unread.place}]"
        elif len(text.name) <= MAX_KEY_CHARS:
            value = f"{self.variable}[{json.dumps(text.name, ensure_ascii=False)}]"
        else:
            value = f"{self.variable}[list({self.variable})[{unread.place}]]"
        if unread.place in self.not_text:
            value = f"json.dumps({value}, ensure_ascii=False)"
        return value if unread.chars == text.chars else f"{value}[{unread.start}:{unread.end}]"


def problem(report: CoverageReport, required: float, names: ContextNames) -> str:
    """Why an answer is not taken, for the model, in the words of its REPL; about MAX_PROBLEM_CHARS."""
    chars, seen = report.chars, report.seen
    read = math.floor(fraction(seen, chars) * 10_000) / 100  # never rounded up to what is asked for
    said = (
        f"{read:g}% of the context was read ({seen:,} of {chars:,} characters), and the answer needs "
        f"{required * 100:g}%. Pass what is unread to llm_query, as it is. Unread, the longest parts first: "
    )
    longest = sorted(report.unread, key=lambda unread: -unread.chars)
    named = 0
    for unread in longest:
        part = f"{names.expression(unread, report.texts[unread.place])}, "
        if len(said) + len(part) > MAX_PROBLEM_CHARS:
            break
        said, named = said + part, named + 1
    left = len(longest) - named
    return f"{said}and {left:,} more." if left else f"{said[:-2]}."
