"""PROMPTS_VERSION is raised with every change of what is said to a model: a run is resumed in the same words."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

import rlm_worker
from rlm_worker.prompts_version import PROMPTS_VERSION

SPEAKS_TO_A_MODEL = (
    "answers/gate.py",
    "direct/prompt.py",
    "direct/run.py",
    "environments/restoration.py",
    "environments/typed_calls.py",
    "kernel/failures.py",
    "kernel/queries.py",
    "ledger/limits.py",
    "loop/host_tools.py",
    "loop/observed_environment.py",
    "loop/prompt_sections.py",
    "loop/tree.py",
    "loop/turn_notes.py",
    "loop/unrun_code.py",
)
WORDS = {
    1: "fcb638be3bf360dfb41e1595574a43b2a4a872197f17fb78043c7f7c227dc765",
    2: "2b3252b7ac4d7efeb0de6595c983edd188d58ad587359b06da54f01635b94cb1",
}
"""A hash of the words of each version."""


def words(module: ast.Module) -> Iterator[str]:
    """The texts of a module that are no docstrings."""
    alone = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def test_other_words_have_another_version() -> None:
    sources = Path(rlm_worker.__path__[0])
    texts = [text for name in SPEAKS_TO_A_MODEL for text in words(ast.parse((sources / name).read_text()))]
    now = hashlib.sha256("\0".join(sorted(set(texts))).encode()).hexdigest()
    assert WORDS.get(PROMPTS_VERSION) == now, "the worker says other words to a model: raise PROMPTS_VERSION"
    assert max(WORDS) == PROMPTS_VERSION
