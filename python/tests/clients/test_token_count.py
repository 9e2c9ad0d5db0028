"""The measure is within reach of real tokenizers, and no text is longer than it can say."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from rlm_worker.clients.token_count import MAX_BYTES_PER_TOKEN, count_tokens, fewest_tokens

ENGLISH = (
    "The quick brown fox jumps over the lazy dog. Recursive language models treat a long prompt as part of an external "
    "environment, and let the model examine and decompose it programmatically."
)
CODE = 'def add(a, b):\n    """Sum."""\n    return a + b\n\n\nclass TreeNode:\n    def __init__(self, value):\n'
JSON = '{"id": 1234567, "name": "Ada Lovelace", "tags": ["math", "engine"], "active": true, "score": 98.25}'
NUMBERS = "3.14159 2718281828 1414 0.5772156649 1618033988 299792458"
CHINESE = "人工智能是计算机科学的一个分支,它企图了解智能的实质。"

REAL = [(ENGLISH, 36), (CODE, 28), (JSON, 39), (NUMBERS, 28), (CHINESE, 30)]
"""Tokens by OpenAI's cl100k, counted once with the published tokenizer."""


@pytest.mark.parametrize(("text", "tokens"), REAL)
def test_within_40_percent_of_a_real_tokenizer(text: str, tokens: int) -> None:
    assert tokens * 0.6 <= count_tokens([text]) <= tokens * 1.4


LONGEST = ".translatesAutoresizingMaskIntoConstraints"
"""One token of cl100k."""

BASE64 = "".join(random.Random(3).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=20_000))
FEWEST = [
    *((text * 50, tokens * 25) for text, tokens in REAL),
    ("7" * 100_000, 1),
    ("".join(random.Random(3).choices("0123456789", k=30_000)), 10_000),
    (BASE64, 10_000),
    (" " * 1_000_000, 0),
    ("\t\n \u3000" * 100_000, 0),
    ("=" * 100_000 + "\n" + "-" * 100_000, 2),
    (LONGEST * 1_000, 1_000),
    ("天" * 10_000, 1),
]
"""Texts and the fewest tokens that any tokenizer makes of them: half of cl100k's where it has no reason to merge."""


@pytest.mark.parametrize(("text", "tokens"), FEWEST)
def test_no_tokenizer_goes_under_the_lower_bound(text: str, tokens: int) -> None:
    assert fewest_tokens([text]) <= tokens


def test_a_prompt_of_which_little_was_seen_is_over_the_lower_bound() -> None:
    words = (ENGLISH + CODE) * 700
    assert fewest_tokens([words[:147_779]]) > 2_050
    assert fewest_tokens([words[:100_000], words[100_000:147_779]]) > 2_050
    assert fewest_tokens(["\ud800" + BASE64 * 60]) > 20_000


def test_a_long_history_is_counted_no_further_than_is_asked() -> None:
    def history() -> Iterator[str]:
        yield from [ENGLISH * 100] * 10
        pytest.fail("the rest of the history was read")

    assert fewest_tokens(history(), 50) > 50
    assert fewest_tokens([ENGLISH], 10_000) == fewest_tokens([ENGLISH])


def test_texts_add_up() -> None:
    assert count_tokens([ENGLISH, CODE]) == count_tokens([ENGLISH]) + count_tokens([CODE])
    assert (count_tokens([]), count_tokens([""]), count_tokens([" "])) == (0, 0, 0)


def test_counting_stops_when_it_is_known() -> None:
    def texts() -> Iterator[str]:
        yield "word " * 100
        yield "word " * 100
        raise AssertionError("read on")

    assert count_tokens(texts(), 150) == 200


@pytest.mark.parametrize(
    "text",
    [" " * 10_000, "\n" * 10_000, "-" * 10_000, "=" * 15 + " " * 31, "a" * 10_000, " a", "\u3000" * 5_000, "😀" * 999],
)
def test_no_token_holds_more_than_the_bound(text: str) -> None:
    many = text * 10
    assert len(many.encode()) <= count_tokens([many]) * MAX_BYTES_PER_TOKEN


def test_no_mixture_of_pieces_passes_the_bound() -> None:
    chosen = random.Random(7)
    pieces = [" ", "  ", "\t", "\n\n", "a", "word", "WORD", "12", "-", "----", "{", "ü", "漢字", "\x00", " " * 31]
    for _ in range(300):
        text = "".join(chosen.choices(pieces, k=400))
        assert len(text.encode()) <= count_tokens([text]) * MAX_BYTES_PER_TOKEN
