"""The stream of an attached container, in pieces of any size."""

from __future__ import annotations

import random
from itertools import pairwise

from fake_engine import frame

from rlm_worker.environments.docker.multiplexed import Multiplexed

SAID = [(1, b"one"), (2, b"two"), (1, b"x" * 70_000), (1, b""), (2, b""), (1, b"three")]
STREAM = b"".join(frame(output, text) for output, text in SAID)


def heard(pieces: list[bytes]) -> dict[int, bytes]:
    outputs = Multiplexed()
    whole = {1: b"", 2: b""}
    for piece in pieces:
        for output, text in outputs.feed(piece):
            assert text
            whole[output] += text
    return whole


def cut(at: list[int]) -> list[bytes]:
    places = [0, *sorted(at), len(STREAM)]
    return [STREAM[start:end] for start, end in pairwise(places)]


def test_both_outputs_are_told_apart_wherever_the_stream_is_cut() -> None:
    expected = {1: b"one" + b"x" * 70_000 + b"three", 2: b"two"}
    assert heard([STREAM]) == expected
    assert heard([bytes([byte]) for byte in STREAM]) == expected
    chance = random.Random(0)
    for _ in range(300):
        assert heard(cut([chance.choice((chance.randrange(40), chance.randrange(len(STREAM)))) for _ in range(5)])) == (
            expected
        )
