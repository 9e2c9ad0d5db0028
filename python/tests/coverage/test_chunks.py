"""What programs do with a context: chunk loops read all of it, copies that are not verbatim read nothing."""

from __future__ import annotations

import textwrap
from random import Random

import pytest
from coverage_harness import Cover, prompt
from random_contexts import ALPHABETS, random_text

from rlm_worker.coverage import Coverage


def fraction(coverage: Coverage) -> float:
    report = coverage.report()
    assert report is not None
    coverage.close()
    return report["seenFraction"]


@pytest.mark.parametrize("seed", range(150))
def test_a_chunk_loop_reaches_exactly_one(seed: int, cover: Cover) -> None:
    random = Random(seed)
    alphabet = random.choice(ALPHABETS)
    text = random_text(random, alphabet, random.randint(1, 6_000))
    size = random.choice([128, 129, 150, 191, 200, 1000, 5000])
    step = size - random.choice([0, 0, 1, size // 10, size // 2])
    prefix, suffix = (
        random.choice(["", "Part {}:\n", text[:300], "x" * 500]),
        random.choice(["", "\n\nAnswer:", text[-40:]]),
    )
    chunks = [text[at : at + size] for at in range(0, len(text), step)]
    random.shuffle(chunks)
    coverage = cover(text)
    for number, chunk in enumerate(chunks):
        coverage.note("sub", prompt(prefix.format(number) + chunk + suffix))
    assert fraction(coverage) == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_a_chunk_that_was_not_sent_is_named(seed: int, cover: Cover) -> None:
    random = Random(seed)
    text = "".join(random.choices("abcdefghijklmnopqrstuvwxyz .,\né", k=20_000))
    size = random.choice([200, 1000, 3000])
    left_out = random.randrange(len(text) // size)
    coverage = cover(text)
    for at in range(0, len(text), size):
        if at // size != left_out:
            coverage.note("sub", prompt(f"Chunk {at}\n{text[at : at + size]}\nWhat is in it?"))
    report = coverage.report()
    coverage.close()
    assert report is not None
    # A neighbour's prompt goes on with its own words, and now and then these begin as the chunk does.
    (unread,) = report["unread"]
    assert unread["document"] is None
    assert left_out * size <= unread["start"] <= left_out * size + 2
    assert (left_out + 1) * size - 2 <= unread["end"] <= (left_out + 1) * size
    assert report["seenChars"] == len(text) - (unread["end"] - unread["start"])


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: "\n".join(textwrap.fill(line, 60) for line in text.split("\n")),
        lambda text: textwrap.indent(text, "    "),
        lambda text: "\n".join(f"{number}: {line}" for number, line in enumerate(text.split("\n"))),
        str.upper,
        lambda text: text[::-1],
        lambda text: text.encode().hex(),
    ],
    ids=["wrapped", "indented", "numbered", "upper case", "reversed", "hexadecimal"],
)
def test_a_copy_that_is_not_verbatim_does_not_count(changed, cover: Cover) -> None:
    random = Random(1)
    words = [random_text(random, "abcdefghijklmnopqrstuvwxyz", random.randint(2, 9)) for _ in range(3_000)]
    text = "\n".join(" ".join(words[at : at + 14]) for at in range(0, len(words), 14)) + " and so it ends."
    coverage = cover(text)
    coverage.note("sub", prompt(f"What does this say?\n\n{changed(text)}\n\nAnswer in one line."))
    report = coverage.report()
    coverage.close()
    assert report is not None
    assert report["seenFraction"] < 0.01
    assert report["seenChars"] < 100  # the last words, which may stand whole on the last line


def test_both_of_two_identical_documents_are_read_when_one_is(cover: Cover) -> None:
    text = "".join(Random(2).choices("abcdefgh \n", k=5_000))
    coverage = cover({"one.txt": text, "two.txt": text, "other.txt": f"Before. {text[1:-1]} After."})
    coverage.note("sub", prompt(text))
    report = coverage.report()
    coverage.close()
    assert report is not None
    assert [document["seenFraction"] for document in report["documents"]][:2] == [1.0, 1.0]
    assert report["unread"] == [
        {"document": "other.txt", "start": 0, "end": 8},
        {"document": "other.txt", "start": 8 + len(text) - 2, "end": 8 + len(text) - 2 + 7},
    ]


@pytest.mark.slow
def test_a_header_of_two_thousand_files_does_not_hide_what_follows_it(cover: Cover) -> None:
    random = Random(3)
    header = random_text(random, "abcdefgh \n", 1_000)
    files = {f"{n}.py": header + random_text(random, "abcdefgh \n", 300) for n in range(2_000)}
    coverage = cover(files)
    for text in files.values():
        for at in range(0, len(text), 550):
            coverage.note("sub", prompt(f"Read this:\n{text[at : at + 550]}"))
    assert fraction(coverage) == 1.0


def test_short_texts_count_when_they_stand_whole_in_a_prompt(cover: Cover) -> None:
    coverage = cover(["apple", "a", "", "banana split, with cream", "é", "cherry pie of the long kind, with a cherry"])
    coverage.note("sub", prompt("- banana split, with cream\n- cherry pie of the long kind"))
    report = coverage.report()
    assert report is not None
    assert [document["seenFraction"] for document in report["documents"]] == [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    coverage.note("sub", prompt("apple", "é", "a cherry pie of the long kind, with a cherry!"))
    assert fraction(coverage) == 1.0
