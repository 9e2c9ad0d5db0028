"""Which parts of a context to read for a question, and the prompts that hand them to sub-calls."""

import json
import re
from collections.abc import Collection
from typing import Any, NamedTuple, cast

from .relevance import Term, Weights, lowered, name_score, offsets, score, terms_of, trust, weigh

WINDOW_CHARS = 1_200  # a document is scored in windows of this size, each together with the next
MARGIN_CHARS = 600  # and sent with this much around it
READ_ALL_CHARS = 400_000  # contexts up to this size are sent whole
SEND_CHARS = 240_000  # of larger ones, this much a step
PROMPT_CHARS = 60_000  # well below what the official prompt allows a sub-call

Document = tuple[str, str]  # name, text


class Passage(NamedTuple):
    name: str
    first: int  # line numbers, from 1
    last: int
    text: str


def documents(context: Any) -> list[Document]:
    """Every document of a context, whatever its type."""
    if isinstance(context, str):
        return [("context", context)]
    if isinstance(context, dict):
        return [(str(name), as_text(value)) for name, value in cast(dict[Any, Any], context).items()]
    return [(f"item {index}", as_text(value)) for index, value in enumerate(context)]


def as_text(value: Any) -> str:
    """A document's text: itself, a message's content, or JSON."""
    if isinstance(value, dict):
        content = cast(dict[Any, Any], value).get("content")
        value = content if isinstance(content, str) else cast(Any, value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def question_in(text: str) -> str:
    """The question inside a prompt: its labelled line, else its first line that asks, else its beginning."""
    labelled = re.search(r"(?im)^\W*(?:question|query|task)\s*:\s*(.+)$", text)
    asking = labelled or re.search(r"(?m)^(.{8,400}\?)\s*$", text)
    return asking.group(1).strip() if asking else text.strip()[:300]


def select(
    docs: list[Document], question: str, sent: Collection[tuple[str, int]] = ()
) -> tuple[list[Passage], Weights]:
    """The passages to read next, and the weights of the question's terms.

    All of a small context, else the best windows. ``sent``: name and first line of passages read before, left out.
    """
    terms = terms_of(question)
    windows, total = count_windows(docs, terms)
    weights = weigh(list(windows.values()), total, terms)
    if sum(len(text) for _, text in docs) <= READ_ALL_CHARS:
        step = PROMPT_CHARS // 2
        ranges = [(n, at, at + step) for n, (_, text) in enumerate(docs) for at in range(0, len(text), step)]
        passages = [passage(docs[n], start, end) for n, start, end in ranges]
        return [p for p in passages if p.text.strip() and (p.name, p.first) not in sent], weights
    return best_passages(docs, windows, weights, sent), weights


def count_windows(docs: list[Document], terms: list[Term]) -> tuple[dict[tuple[int, int], dict[Term, int]], int]:
    """Term counts by (document index, window index) of windows that have any, and the number of all windows."""
    windows: dict[tuple[int, int], dict[Term, int]] = {}
    total = 0
    for number, (_, text) in enumerate(docs):
        low = lowered(text)
        total += len(low) // WINDOW_CHARS + 1
        for term in terms:
            for at in offsets(term, low):
                counts = windows.setdefault((number, at // WINDOW_CHARS), {})
                counts[term] = counts.get(term, 0) + 1
    return windows, total


def best_passages(
    docs: list[Document],
    windows: dict[tuple[int, int], dict[Term, int]],
    weights: Weights,
    sent: Collection[tuple[str, int]],
) -> list[Passage]:
    """Passages around the best windows, best first, none overlapping another, up to ``SEND_CHARS``."""
    taken: list[tuple[int, int, int]] = []
    chosen: list[Passage] = []
    left = SEND_CHARS
    for number, index in ranked_windows(docs, windows, weights):
        start, end = max(0, index * WINDOW_CHARS - MARGIN_CHARS), (index + 2) * WINDOW_CHARS + MARGIN_CHARS
        if any(n == number and start < e and s < end for n, s, e in taken):
            continue
        taken.append((number, start, end))
        found = passage(docs[number], start, end)
        if (found.name, found.first) in sent:
            continue
        chosen.append(found)
        left -= len(found.text)
        if left <= 0:
            break
    return chosen


def ranked_windows(
    docs: list[Document], windows: dict[tuple[int, int], dict[Term, int]], weights: Weights
) -> list[tuple[int, int]]:
    """Windows by falling score; a document named with the question's words gains."""
    ranked: list[tuple[float, int, int]] = []
    for (number, index), counts in windows.items():
        joined = dict(counts)
        for term, n in windows.get((number, index + 1), {}).items():
            joined[term] = joined.get(term, 0) + n
        name = docs[number][0]
        worth = (score(joined, weights) + name_score(name, weights)) * trust(name, weights)
        ranked.append((-worth, number, index))
    return [(number, index) for _, number, index in sorted(ranked)]


def passage(document: Document, start: int, end: int) -> Passage:
    """The lines of a document that begin between two offsets; a line longer than a window is cut."""
    name, text = document
    at = line_start(text, start)
    part = text[at : line_start(text, end)]
    first = text.count("\n", 0, at) + 1
    return Passage(name, first, first + part.rstrip("\n").count("\n"), part)


def line_start(text: str, offset: int) -> int:
    """The first start of a line at or after an offset, or the offset itself inside a long line."""
    if offset <= 0 or offset >= len(text):
        return max(0, min(offset, len(text)))
    end = text.find("\n", offset - 1, offset + WINDOW_CHARS)
    return end + 1 if end >= 0 else offset


def pack(question: str, passages: list[Passage]) -> list[str]:
    """Prompts for the sub model, each with as many passages as fit."""
    groups: list[list[Passage]] = []
    size = 0
    for found in passages:
        if not groups or size + len(found.text) > PROMPT_CHARS:
            groups.append([])
            size = 0
        groups[-1].append(found)
        size += len(found.text)
    head = f"Question: {question}\nQuote the lines that answer it.\n\n"
    return [
        head + "\n\n".join(f"=== {p.name}, lines {p.first}-{p.last} ===\n{p.text}" for p in group) for group in groups
    ]
