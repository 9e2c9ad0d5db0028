"""The definition of coverage, as slow and as plain as it can be written; shares nothing with the worker's own."""

from __future__ import annotations

from collections.abc import Iterator


def seen_characters(document: str, messages: list[str]) -> list[bool]:
    """For each character of a document whether it counts as seen in these messages."""
    size = len(document)
    at = [0]
    for character in document:
        at.append(at[-1] + len(character.encode("utf-8", "surrogatepass")))
    seen = [False] * size
    for start, *ends in zip(range(size), *(longest(document, message) for message in messages), strict=True):
        end = max(ends, default=start)
        length = at[end] - at[start]
        whole, tail = start == 0 and end == size, end == size and length >= 16
        if length >= 128 or whole or tail:
            seen[start:end] = [True] * (end - start)
    rest = size
    while rest > 0 and not seen[rest - 1]:
        rest -= 1
    if 0 < rest < size and at[size] - at[rest] < 16 and any(document[rest:] in message for message in messages):
        seen[rest:] = [True] * (size - rest)
    return seen


def longest(document: str, message: str) -> Iterator[int]:
    """For each start the end of the longest span from it that stands in the message; the next one's is no less."""
    end = 0
    for start in range(len(document)):
        end = max(start, end)
        while end < len(document) and document[start : end + 1] in message:
            end += 1
        yield end


def ranges_unread(seen: list[bool]) -> list[tuple[int, int]]:
    edges = [place for place in range(len(seen) + 1) if _at(seen, place) != _at(seen, place - 1)]
    return list(zip(edges[0::2], edges[1::2], strict=True))


def _at(seen: list[bool], place: int) -> bool:
    """True outside, so that what is unread has two edges."""
    return seen[place] if 0 <= place < len(seen) else True
