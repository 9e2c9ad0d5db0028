"""The lines of passages that answer a question: found by the sub model, ranked and put together by the root."""

import re
from typing import NamedTuple

from .passages import Passage
from .relevance import (
    HEADING,
    Counts,
    Term,
    Weights,
    counts_in,
    heading_score,
    name_score,
    score,
    terms_of,
    trust,
    weigh,
)

SPAN_LINES = 14  # the longest quotation
QUOTES = 6  # in one reply
HEADER = re.compile(r"^=== (.+), lines (\d+)-(\d+) ===$", re.M)
QUOTE = re.compile(r"^\[\d+\.\d+\] (.+), lines (\d+)-(\d+):$", re.M)
FIGURE = re.compile(r"(?i)\b(how (many|much|long|old)|default|number|value|limit|maximum|minimum|year|when|date)\b")


class Quote(NamedTuple):
    score: float
    passage: Passage


def passages_in(prompt: str) -> list[Passage]:
    """The passages of a prompt made by ``pack``."""
    heads = list(HEADER.finditer(prompt))
    ends = [head.start() for head in heads[1:]] + [len(prompt)]
    return [
        Passage(head[1], int(head[2]), int(head[3]), prompt[head.end() + 1 : ends[index]].rstrip("\n"))
        for index, head in enumerate(heads)
    ]


def best_quotes(question: str, passages: list[Passage]) -> list[Quote]:
    """The best short spans, best first, none overlapping another."""
    terms = terms_of(question)
    spans = [span for whole in passages for span in spans_of(whole)]
    counted: list[Counts] = [counts_in(span.text, terms) for span in spans]
    weights = weigh(counted, len(spans), terms)
    ranked = [Quote(worth(span, counted[at], weights), span) for at, span in enumerate(spans) if counted[at]]
    ranked.sort(key=lambda quote: (-quote.score, quote.passage))
    taken: list[Quote] = []
    for quote in ranked:
        if len(taken) == QUOTES:
            break
        shown = trimmed(quote.passage, terms)  # of thousands of spans, few are looked at so closely
        if not any(overlap(shown, other.passage) for other in taken):
            taken.append(Quote(quote.score, shown))
    return taken


def spans_of(whole: Passage) -> list[Passage]:
    """Pieces of a passage, each half over the one before."""
    lines = whole.text.split("\n")
    starts = range(0, max(1, len(lines) - SPAN_LINES // 2), SPAN_LINES // 2)
    pieces = [(at, lines[at : at + SPAN_LINES]) for at in starts]
    return [Passage(whole.name, whole.first + at, whole.first + at + len(p) - 1, "\n".join(p)) for at, p in pieces]


def trimmed(span: Passage, terms: list[Term]) -> Passage:
    """The span from its first line with a term to two lines after its last."""
    lines = span.text.split("\n")
    hits = [index for index, line in enumerate(lines) if counts_in(line, terms)] or [0, len(lines)]
    kept = lines[hits[0] : hits[-1] + 3]
    first = span.first + hits[0]
    return Passage(span.name, first, first + len(kept) - 1, "\n".join(kept))


def overlap(one: Passage, other: Passage) -> bool:
    return one.name == other.name and one.first <= other.last and other.first <= one.last


def written(quotes: list[Quote]) -> str:
    """Quotes as a reply."""
    return "\n\n".join(f"[{q.score:.2f}] {located(q.passage)}" for q in quotes)


def located(found: Passage) -> str:
    return f"{found.name}, lines {found.first}-{found.last}:\n{found.text}"


def read_quotes(reply: str) -> list[Passage]:
    """The passages quoted in a reply."""
    heads = list(QUOTE.finditer(reply))
    ends = [head.start() for head in heads[1:]] + [len(reply)]
    return [
        Passage(head[1], int(head[2]), int(head[3]), reply[head.end() + 1 : ends[index]].rstrip("\n"))
        for index, head in enumerate(heads)
    ]


def compose(question: str, replies: list[str], weights: Weights) -> str:
    """The answer: the line that says most, its passage, and two runners-up, each with document and lines."""
    quoted = [found for reply in replies for found in read_quotes(reply)]
    if not quoted:
        failed = [reply for reply in replies if reply.startswith("Error:")]
        return " ".join(["No passage of the context answers the question.", *failed[:1]])
    # By the weights of the whole context: scores of one prompt say nothing to those of another.
    best = sorted(quoted, key=lambda found: (-worth(found, counts_in(found.text, weights), weights), found))[:3]
    number, line = best_line(question, best[0].text, weights)
    says = f"{line.strip()} ({best[0].name}, line {best[0].first + number})"
    return "\n\n".join([says] + [located(found) for found in best])


def worth(span: Passage, counts: Counts, weights: Weights) -> float:
    """What a quotation is worth: its words, its headings, and its document's name."""
    said = score(counts, weights) + heading_score(span.text, weights)
    return (said + name_score(span.name, weights)) * trust(span.name, weights)


def best_line(question: str, text: str, weights: Weights) -> tuple[int, str]:
    """Index and text of the line with most of the question's terms; figures count when the question asks for one."""
    asks_figure = FIGURE.search(question)

    def tells(line: str) -> float:
        figure = 1.5 if asks_figure and re.search(r"\d", line) else 1.0
        heading = 1.3 if HEADING.match(line) else 1.0
        return sum(weights[term] for term in counts_in(line, weights)) * figure * heading

    lines = text.split("\n")
    index = max(range(len(lines)), key=lambda at: (tells(lines[at]), -at))
    return index, lines[index]
