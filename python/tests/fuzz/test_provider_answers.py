"""What comes from a provider, mutated: always a reply with numbers that can be true, or one typed failure."""

from __future__ import annotations

import pytest

from fuzz.provider_answers import fuzz

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(4))
def test_no_mutated_answer_crashes_the_reader_or_leaks_the_key(seed: int) -> None:
    seen = fuzz(1_250, seed)
    assert seen.replies > 250, "the mutants are not all nonsense"
    assert {"provider_error", "provider_rejected_request", "context_too_long"} <= seen.failures.keys()
