"""The attacks of the table as the parameters of a test: each environment with what is tried in it."""

from __future__ import annotations

from typing import Any

import pytest

from attacks.table import tried

MARKS: dict[str, list[pytest.MarkDecorator]] = {"docker": [pytest.mark.docker], "landlock": [], "local": []}


def cases(in_runs: bool) -> list[Any]:
    return [
        pytest.param(kind, attack, id=f"{kind}:{attack.program}", marks=marks)
        for kind, marks in MARKS.items()
        for attack in tried(kind, in_runs)
    ]
