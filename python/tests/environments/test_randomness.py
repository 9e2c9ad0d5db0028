"""``random`` is seeded for each code block: what runs again draws again what it drew."""

from __future__ import annotations

import itertools

import pytest
from repl_harness import MakeBench

DRAWS = {
    "imported in the block": "import random\nprint(random.random(), random.sample(range(1000), 5))",
    "imported from": "from random import random, shuffle\nx = list(range(50)); shuffle(x)\nprint(random(), x)",
    "imported within a function": "def draw():\n    import random\n    return random.getrandbits(64)\nprint(draw())",
    "the order of a set": "print({f'name {i}' for i in range(50)}, hash('text'))",
}


def drawn(lend: MakeBench, *codes: str, seed: str = "run") -> list[str]:
    numbers = itertools.count()
    run = lend(seed=lambda: f"{seed}/{next(numbers)}")
    return [run(code).stdout for code in codes]


@pytest.mark.parametrize("code", DRAWS.values(), ids=DRAWS)
def test_another_kernel_draws_the_same(lend: MakeBench, code: str) -> None:
    assert drawn(lend, code, code) == drawn(lend, code, code)


def test_blocks_draw_other_numbers_and_so_do_other_runs(lend: MakeBench) -> None:
    code = DRAWS["imported in the block"]
    first, second = drawn(lend, code, code)
    assert first != second
    assert drawn(lend, code, seed="another") != [first]


def test_whatever_stands_in_the_place_of_random_harms_nobody(lend: MakeBench) -> None:
    spoil = "import random, sys\ndef seed(*_): raise SystemExit(3)\nrandom.seed = seed\nsys.meta_path.clear()"
    assert drawn(lend, spoil, "print('fine')")[1] == "fine\n"


def test_a_block_may_seed_for_itself(lend: MakeBench) -> None:
    code = "import random\nrandom.seed(7)\nprint(random.random())"
    assert len(set(drawn(lend, code, code, seed="one") + drawn(lend, code, seed="two"))) == 1


def test_numpy_s_own_state_is_seeded_where_there_is_one(make_forked: MakeBench) -> None:
    code = "import numpy\nprint(numpy.random.random())"
    first, second = drawn(make_forked, code, code)
    assert [first, second] == drawn(make_forked, code, code) and first != second
