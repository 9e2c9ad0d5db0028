"""Regular expressions matched in linear time: the engine of pydantic (Rust's ``regex``), without look-around and
back-references. Python's own can take forever, and holds up every run of the worker meanwhile."""

from __future__ import annotations

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

MAX_KEPT = 32
"""Compiled patterns in this process; one is 10 MB at most."""

MAX_TEXT_CHARS = 100_000


class PatternRefused(ValueError):
    """The pattern is wrong, too large when compiled, or needs more than this engine has."""


def check_pattern(pattern: str) -> None:
    """Raises PatternRefused."""
    _compiled(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` is found in ``text``; False for text beyond MAX_TEXT_CHARS."""
    return len(text) <= MAX_TEXT_CHARS and _compiled(pattern).isinstance_python(text)


@lru_cache(MAX_KEPT)
def _compiled(pattern: str) -> SchemaValidator:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))
    except SchemaError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise PatternRefused(f"the pattern {pattern[:200]!r} is not supported: {reason}") from None
