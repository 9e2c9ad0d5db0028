"""What ``docs/coverage.md`` and the docstrings of the package say of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import rlm_coverage
from rlm_coverage import corpus, counting, ends, follower, material, role_coverage, sparse_index, windows

SOURCES = Path(rlm_coverage.__path__[0])
PAGE = (SOURCES.parents[2] / "docs/coverage.md").read_text()
WORDS = " ".join(PAGE.split())


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


Definition = ast.Module | ast.ClassDef | ast.FunctionDef


def definitions() -> Iterator[tuple[str, Definition]]:
    """Modules, classes, functions and methods whose names do not begin with an underscore."""
    for path in sorted(SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Definition):
                name = getattr(node, "name", "")
                if not name.startswith("_"):
                    yield f"{path.stem}.{name}".rstrip("."), node


def test_every_docstring_is_a_whole_sentence() -> None:
    docstrings = [(name, ast.get_docstring(node) or "") for name, node in definitions()]
    assert len(docstrings) > 100
    assert [its for its in docstrings if not is_whole_sentence(its[1])] == []


def is_whole_sentence(docstring: str) -> bool:
    return bool(re.match(r"[A-Z`].* .*", docstring)) and docstring.endswith((".", "``"))


@pytest.mark.parametrize("limit", re.findall(r"^\| `(\w+)\.(\w+)` \| ([\d ]+) \|", PAGE, re.MULTILINE), ids=str)
def test_the_limits_of_the_page_are_those_of_the_sources(limit: tuple[str, str, str]) -> None:
    module, name, value = limit
    assert getattr(import_module(f"rlm_coverage.{module}"), name) == int(value.replace(" ", ""))


def test_the_page_has_every_limit() -> None:
    assert len(re.findall(r"^\| `\w+\.\w+` \|", PAGE, re.MULTILINE)) == 9


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("a match of at least {} bytes", counting.LEAST_MATCH),
        ("has at least {} bytes or is the whole text", counting.LEAST_SUFFIX),
        ("the last bytes of a text, fewer than {}", counting.LEAST_SUFFIX),
        ("A file of {} bytes or more", spaced(corpus.SMALL_FILE_BYTES)),
        ("The {} bytes at the cursor", windows.WIDTH),
        ("known by the first {} bytes", follower.HEAD),
        ("At most {} bytes wait", spaced(role_coverage.WAITING_BYTES)),
        ("an index (`sparse_index.py`) of at most {} windows", spaced(sparse_index.ENTRIES)),
        ("never nearer than {} bytes", sparse_index.DENSE),
        ("The index is made when {} bytes", spaced(role_coverage.LOST_BYTES)),
        ("a whole window of {} bytes at every multiple of 96", windows.WIDTH),
        ("with {} bytes of them on each side", material.MARGIN),
        ("The last {} bytes of the texts", counting.LEAST_SUFFIX),
        ("evenly spread parts of {} bytes", sparse_index.DENSE + windows.WIDTH - 1),
        ("up to {} ends", ends.FEW),
    ],
)
def test_the_figures_of_the_page_are_those_of_the_sources(words: str, value: object) -> None:
    assert words.format(value) in WORDS


def test_the_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"\((?:`(\w+\.py)`)\)", PAGE)
    assert len(named) >= 5
    assert [name for name in named if not (SOURCES / name).is_file()] == []
