"""Coverage against the slow reference, over contexts and prompts that are as hard as chance makes them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from coverage_harness import Cover, prompt
from coverage_reference import ranges_unread, seen_characters
from random_contexts import ALPHABETS, random_documents, random_messages

from rlm_coverage import corpus, ends, role_coverage, same_bytes, same_windows, source_files, sparse_index


def by_the_cursor(_: pytest.MonkeyPatch) -> None:
    """As it is: short contexts and messages need no more."""


def with_an_index(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(role_coverage, "LOST_BYTES", -1)
    patch.setattr(sparse_index, "TOGETHER", 100)


def in_small_parts(patch: pytest.MonkeyPatch) -> None:
    """What is large as small as it may be, so that short contexts and messages have it."""
    patch.setattr(corpus, "SMALL_FILE_BYTES", 0)
    patch.setattr(source_files, "OPEN_FILES", 2)
    patch.setattr(same_windows, "NEEDLES", 50)
    patch.setattr(same_windows, "PIECE_BYTES", 200)
    patch.setattr(same_bytes, "SMALL", 8)
    patch.setattr(ends, "FEW", 0)
    patch.setattr(ends, "STEP", 50)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_as_defined_in_every_way(seed: int, cover: Cover) -> None:
    random = Random(seed)
    alphabet = random.choice(ALPHABETS)
    documents = random_documents(random, alphabet)
    messages = [(random.choice(("root", "sub")), text) for text in random_messages(random, alphabet, documents)]
    expected = as_defined(documents, messages)
    for way in (by_the_cursor, with_an_index, in_small_parts):
        with pytest.MonkeyPatch.context() as patch:
            way(patch)
            assert (way, measured(cover, documents, messages, Random(seed))) == (way, expected)


def measured(cover: Cover, documents: list[str], messages: list[tuple[str, str]], random: Random) -> dict[str, Any]:
    coverage = cover({f"{place}.txt": text for place, text in enumerate(documents)})
    for role, message in messages:
        coverage.note(role, prompt(message))
        if random.random() < 0.2:
            coverage.report()  # what is asked in between changes nothing
    report = coverage.report()
    coverage.close()
    assert report is not None
    return {
        "chars": report["contextChars"],
        "seen": report["seenChars"],
        "documents": [(document["chars"], document["seenFraction"]) for document in report["documents"]],
        "unread": [(found["document"], found["start"], found["end"]) for found in report["unread"]],
        "by role": report["byRole"],
    }


def as_defined(documents: list[str], messages: list[tuple[str, str]]) -> dict[str, Any]:
    chars = sum(map(len, documents))
    seen = [seen_characters(text, [message for _, message in messages]) for text in documents]
    by_role = {role: [message for of, message in messages if of == role] for role in ("root", "sub")}
    return {
        "chars": chars,
        "seen": sum(map(sum, seen)),
        "documents": [(len(of), sum(of) / len(of) if of else 1.0) for of in seen],
        "unread": [(f"{place}.txt", start, end) for place, of in enumerate(seen) for start, end in ranges_unread(of)],
        "by role": {
            role: sum(sum(seen_characters(text, texts)) for text in documents) / chars if chars else 1.0
            for role, texts in by_role.items()
        },
    }
