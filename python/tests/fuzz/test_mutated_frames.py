"""A bounded, seeded part of what ``fuzz.frames`` does in its long mode."""

from __future__ import annotations

import pytest

from fuzz.frames import Mutator, fuzz, resident_bytes

pytestmark = pytest.mark.slow

COUNT = 20_000
GROWTH_BYTES = 100_000_000
"""A stuck frame may hold up to 64 MB; what grows by the frame would hold more."""


def test_mutated_frames_of_an_interpreter_crash_nothing_and_pile_up_nowhere() -> None:
    fuzz(2_000, 1)
    before = resident_bytes()
    seen = fuzz(COUNT, 2)
    assert resident_bytes() - before < GROWTH_BYTES
    reached = {
        "Request",
        "ToolCall",
        "Received",
        "Loaded",
        "LoadFailed",
        "Draft",
        "Alive",
        "Started",
        "ended",
        "refused",
    }
    assert reached <= seen.keys()


def test_the_same_seed_makes_the_same_frames() -> None:
    one, other = Mutator(5), Mutator(5)
    assert [one.frame() for _ in range(500)] == [other.frame() for _ in range(500)]
