"""What is reported, what a model is told, and what happens to a context that cannot be read."""

from __future__ import annotations

import gc
import json
import os
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from coverage_harness import Cover, prompt

from rlm_worker.context import no_context
from rlm_worker.coverage import Coverage, problem, wire_report
from rlm_worker.errors import ContextFailure


def letters(size: int, seed: int = 0) -> str:
    return "".join(Random(seed).choices("abcdefghijklmnopqrstuvwxyz \n", k=size))


def told(coverage: Coverage, required: float) -> str:
    (problem,) = coverage.problems(required)
    coverage.close()
    assert problem["source"] == "coverage"
    assert problem["path"] == ""
    return problem["message"]


def test_nothing_was_noted(cover: Cover) -> None:
    coverage = cover("some text")
    assert coverage.report() == {
        "type": "coverage.measured",
        "contextChars": 9,
        "contextSha256": sha256(b"some text").hexdigest(),
        "seenChars": 0,
        "seenFraction": 0.0,
        "byRole": {"root": 0.0, "sub": 0.0},
        "documents": [{"name": "context", "chars": 9, "seenFraction": 0.0}],
        "unread": [{"document": None, "start": 0, "end": 9}],
    }
    coverage.close()


@pytest.mark.parametrize("context", ["", [], {"empty.txt": ""}], ids=["text", "list", "file"])
def test_of_nothing_all_was_seen(context: Any, cover: Cover) -> None:
    coverage = cover(context)
    coverage.note("root", prompt("anything"))
    measured = coverage.report()
    assert coverage.problems(1.0) == []
    coverage.close()
    assert measured is not None
    assert (measured["contextChars"], measured["seenFraction"], measured["unread"]) == (0, 1.0, [])
    assert measured["byRole"] == {"root": 1.0, "sub": 1.0}


def test_no_context_at_all() -> None:
    coverage = Coverage(no_context())
    measured = coverage.report()
    coverage.close()
    assert measured is not None
    assert (measured["documents"], measured["contextSha256"]) == ([], sha256(b"").hexdigest())


def test_values_of_a_dict_that_are_no_texts_are_their_json(cover: Cover) -> None:
    people = [{"name": f"Zoë {n}", "age": n, "about": 'She said "hi".\n'} for n in range(20)]
    coverage = cover(
        {"people": people, "title": letters(300), "count": 987, "none": None, "escapes": 'é\n\t\\"😀' * 40}
    )
    coverage.note("root", prompt(json.dumps(people, ensure_ascii=False), 'é\n\t\\"😀' * 40))
    measured = coverage.report()
    assert measured is not None
    fractions = {document["name"]: document["seenFraction"] for document in measured["documents"]}
    assert fractions == {"people": 1.0, "title": 0.0, "count": 0.0, "none": 0.0, "escapes": 1.0}
    assert measured["contextChars"] == len(json.dumps(people, ensure_ascii=False)) + 300 + 3 + 4 + 240
    message = told(coverage, 0.9)
    assert 'context["title"], json.dumps(context["none"], ensure_ascii=False), json.dumps(context["count"]' in message


def test_a_model_is_told_in_the_words_of_its_repl(cover: Cover) -> None:
    text = letters(10_000)
    coverage = cover(text)
    coverage.note("sub", prompt(text[:3_000], text[4_000:9_980]))
    message = told(coverage, 0.95)
    assert message.startswith("89.8% of the context was read (8,980 of 10,000 characters), and the answer needs 95%.")
    assert message.endswith("context[3000:4000], context[9980:10000].")


def test_the_longest_unread_parts_come_first_and_the_rest_is_counted(cover: Cover) -> None:
    coverage = cover([letters(100 + n, n) for n in range(500)])
    message = told(coverage, 0.5)
    assert "context[499], context[498], " in message
    assert len(message) <= problem.MAX_PROBLEM_CHARS + 50
    assert message.endswith(" more.")


def test_a_key_that_is_long_is_named_by_its_place(cover: Cover) -> None:
    assert "context[list(context)[1]]" in told(cover({"short.txt": "", "k" * 1_000: [letters(100)]}), 1)


def test_the_report_is_bounded(cover: Cover, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_report, "MAX_DOCUMENTS", 3)
    monkeypatch.setattr(wire_report, "MAX_RANGES", 2)
    texts = [letters(200 + n, n) for n in range(6)]
    coverage = cover(texts)
    coverage.note("sub", prompt(texts[0], texts[3], texts[4][:150]))
    measured = coverage.report()
    coverage.close()
    assert measured is not None
    assert [document["name"] for document in measured["documents"]] == ["1", "2", "5"]
    assert [found["document"] for found in measured["unread"]] == ["2", "5"]
    assert measured["seenChars"] == 200 + 203 + 150


def open_files() -> set[str]:
    """By name: those of earlier tests may go at any time."""
    links = Path("/proc/self/fd").iterdir()
    return {os.readlink(link) for link in links if os.path.lexists(link)}


def test_a_large_context_leaves_no_open_file(cover: Cover, tmp_path: Path) -> None:
    before = open_files()
    text = "\n".join(f"{n}: {letters(40, n)}" for n in range(20_000))
    coverage = cover(text)
    coverage.note("sub", prompt(f"All of it: {text}"))
    measured = coverage.report()
    assert measured is not None
    assert measured["seenFraction"] == 1.0
    coverage.close()
    thread = coverage._tracker._thread
    assert thread is not None
    thread.join()
    gc.collect()
    assert open_files() <= before


def test_a_context_that_is_gone_is_an_error_that_says_so(cover: Cover, tmp_path: Path) -> None:
    coverage = cover("some text")
    (tmp_path / "text").unlink()
    coverage.note("sub", prompt("some text"))
    with pytest.raises(ContextFailure, match="text: No such file"):
        coverage.report()
    coverage.close()
