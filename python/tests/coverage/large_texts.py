"""Texts as large as they are wanted: one that says nothing twice, a log, and near copies of one text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

PARAGRAPH_WORDS = 300


def prose(random: Random) -> Iterator[str]:
    words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(2, 9))) for _ in range(5_000)]
    while True:
        yield " ".join(random.choices(words, k=PARAGRAPH_WORDS)) + "\n"


def log(random: Random) -> Iterator[str]:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/122.0 Safari/537.36"
    while True:
        address, second, item = random.randint(0, 255), random.randint(0, 59), random.randint(0, 500)
        request = f'[12/Mar/2026:12:{second:02}:{random.randint(0, 59):02} +0000] "GET /shop/item/{item} HTTP/1.1" 200'
        yield f'10.0.7.{address} - - {request} {random.randint(100, 9_999)} "https://www.example.com/" "{agent}"\r\n'


def near_copies(random: Random) -> Iterator[str]:
    version = list(" ".join(next(prose(random)) for _ in range(10)))
    while True:
        for _ in range(5):
            version[random.randrange(len(version))] = random.choice("abcdefgh")
        yield "".join(version) + "\n"


KINDS: dict[str, Callable[[Random], Iterator[str]]] = {"unique": prose, "a log": log, "near copies": near_copies}


def large_text(kind: str, size: int) -> str:
    """About ``size`` characters."""
    parts, length = list[str](), 0
    for part in KINDS[kind](Random(kind)):
        parts.append(part)
        length += len(part)
        if length >= size:
            break
    return "".join(parts)
