"""The attacks of the table as the parameters of a test: each environment with what is tried in it."""

from __future__ import annotations

from typing import Any

import pytest

from attacks.table import tried


def cases(in_runs: bool) -> list[Any]:
    return [
        pytest.param(kind, attack, id=f"{kind}:{attack.program}", marks=marks)
        for kind, marks in {"docker": [pytest.mark.docker], "landlock": [], "local": []}.items()
        for attack in tried(kind, in_runs)
    ]
