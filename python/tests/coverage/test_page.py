"""What ``docs/coverage.md`` and the docstrings of the package say of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import rlm_coverage
from rlm_coverage import corpus, long_matches, maximal_matches, remainder, suffix_matches
from rlm_coverage.bloom_filter import BloomFilter

SOURCES = Path(rlm_coverage.__path__[0])
PAGE = (SOURCES.parents[2] / "docs/coverage.md").read_text()
WORDS = " ".join(PAGE.split())

Definition = ast.Module | ast.ClassDef | ast.FunctionDef


def definitions() -> Iterator[tuple[str, Definition]]:
    """Modules, classes, functions and methods whose names do not begin with an underscore."""
    for path in sorted(SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Definition):
                name = getattr(node, "name", "")
                if not name.startswith("_"):
                    yield f"{path.stem}.{name}".rstrip("."), node


DEFINITIONS = list(definitions())


@pytest.mark.parametrize("definition", [node for _, node in DEFINITIONS], ids=[name for name, _ in DEFINITIONS])
def test_every_docstring_is_a_whole_sentence(definition: Definition) -> None:
    docstring = ast.get_docstring(definition) or ""
    assert re.match(r"[A-Z`].* .*", docstring)
    assert docstring.endswith((".", "``"))


@pytest.mark.parametrize("limit", re.findall(r"^\| `(\w+)\.(\w+)` \| ([\d ]+) \|", PAGE, re.MULTILINE), ids=str)
def test_the_limits_of_the_page_are_those_of_the_sources(limit: tuple[str, str, str]) -> None:
    module, name, value = limit
    assert getattr(import_module(f"rlm_coverage.{module}"), name) == int(value.replace(" ", ""))


def test_the_page_has_every_limit() -> None:
    assert len(re.findall(r"^\| `\w+\.\w+` \|", PAGE, re.MULTILINE)) == 4


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("a match of at least {} bytes", maximal_matches.LEAST_MATCH),
        ("has at least {} bytes or is the whole text", suffix_matches.LEAST_SUFFIX),
        ("the last bytes of a text, fewer than {}", remainder.LONGEST + 1),
        ("begins at a multiple of {} bytes", corpus.CHUNK),
        ("their last {} bytes", "{}, {} or {}".format(*suffix_matches.ANCHORS)),
        ("probed every {} bytes", f"{long_matches.PROBE_EVERY // 1000} {long_matches.PROBE_EVERY % 1000:03}"),
    ],
)
def test_the_figures_of_the_page_are_those_of_the_sources(words: str, value: object) -> None:
    assert words.format(value) in WORDS


def test_the_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"\((?:`(\w+\.py)`)\)", PAGE)
    assert len(named) >= 5
    assert [name for name in named if not (SOURCES / name).is_file()] == []


@pytest.mark.parametrize("size", [1, 1_000, 16_383, 65_535])
def test_the_bloom_filter_is_never_wrong_about_a_member_and_lets_1_5_percent_of_others_through(size: int) -> None:
    hashes = np.random.default_rng(size).integers(0, 1 << 32, size + 200_000, np.uint32)
    members, others = hashes[:size], np.setdiff1d(hashes[size:], hashes[:size])
    bloom = BloomFilter(members)
    assert bloom.likely(members).tolist() == list(range(size))
    assert bloom.likely(others).size / others.size < 0.02
