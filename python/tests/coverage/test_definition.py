"""Coverage against the slow reference, over contexts and prompts that are as hard as chance makes them."""

from __future__ import annotations

from random import Random

import pytest
from coverage_harness import Cover, prompt
from coverage_reference import ranges_unread, seen_characters
from random_contexts import ALPHABETS, random_documents, random_messages

from rlm_coverage import long_matches, role_coverage


@pytest.fixture(params=["seed by seed", "with long matches"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long matches and pieces of long messages as short as they may be, so that short messages have them."""
    if request.param == "with long matches":
        monkeypatch.setattr(long_matches, "PROBE_EVERY", 64)
        monkeypatch.setattr(long_matches, "LEAST_LONG_MATCH", 280)
        monkeypatch.setattr(role_coverage, "OVERLAP", 134)
        monkeypatch.setattr(role_coverage, "TOGETHER_BYTES", 300)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("seed", range(120))
def test_as_defined(seed: int, cover: Cover) -> None:
    random = Random(seed)
    alphabet = random.choice(ALPHABETS)
    documents = random_documents(random, alphabet)
    messages = random_messages(random, alphabet, documents)
    roles = {"root": [], "sub": []}
    coverage = cover({f"{place}.txt": text for place, text in enumerate(documents)})
    for message in messages:
        role = random.choice(("root", "sub"))
        roles[role].append(message)
        coverage.note(role, prompt(message))
        if random.random() < 0.2:
            coverage.report()  # what is asked in between changes nothing
    report = coverage.report()
    coverage.close()
    assert report is not None
    seen = [seen_characters(text, messages) for text in documents]
    chars = sum(map(len, documents))
    assert report["contextChars"] == chars
    assert report["seenChars"] == sum(map(sum, seen))
    assert [document["chars"] for document in report["documents"]] == list(map(len, documents))
    for document, characters in zip(report["documents"], seen, strict=True):
        assert document["seenFraction"] == (sum(characters) / len(characters) if characters else 1.0)
    assert [(found["document"], found["start"], found["end"]) for found in report["unread"]] == [
        (f"{place}.txt", start, end)
        for place, characters in enumerate(seen)
        for start, end in ranges_unread(characters)
    ]
    for role, of_role in roles.items():
        by_role = sum(sum(seen_characters(text, of_role)) for text in documents)
        assert report["byRole"][role] == (by_role / chars if chars else 1.0)
