"""Coverage against the slow reference, over contexts and prompts that are as hard as chance makes them."""

from __future__ import annotations

from random import Random

import pytest
from coverage_harness import Cover, prompt
from coverage_reference import ranges_unread, seen_characters
from random_contexts import ALPHABETS, random_documents, random_messages

from rlm_coverage import corpus, ends, role_coverage, same_bytes, same_windows, source_files, sparse_index


@pytest.fixture(params=["by the cursor", "with an index", "in small parts"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large as small as it may be, so that short contexts and messages have it."""
    if request.param == "with an index":
        monkeypatch.setattr(role_coverage, "LOST_BYTES", -1)
        monkeypatch.setattr(sparse_index, "TOGETHER", 100)
    if request.param == "in small parts":
        monkeypatch.setattr(corpus, "SMALL_FILE_BYTES", 0)
        monkeypatch.setattr(source_files, "OPEN_FILES", 2)
        monkeypatch.setattr(same_windows, "NEEDLES", 50)
        monkeypatch.setattr(same_windows, "PIECE_BYTES", 200)
        monkeypatch.setattr(same_bytes, "SMALL", 8)
        monkeypatch.setattr(ends, "FEW", 0)
        monkeypatch.setattr(ends, "STEP", 50)


@pytest.mark.slow
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
