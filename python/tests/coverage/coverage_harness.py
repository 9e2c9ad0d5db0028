"""Contexts and prompts for the tests of coverage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rlm_worker.coverage import Coverage

Context = str | list[Any] | dict[str, Any]
Cover = Callable[[Context], Coverage]


def prompt(*contents: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content} for content in contents]
