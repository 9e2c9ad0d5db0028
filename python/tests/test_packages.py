"""What a user's own Python must have is exactly what the project installs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from rlm_worker.packages import NEEDED, SUPPORTED_RLMS, require_packages

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_dependency_is_looked_for_and_the_pin_is_the_supported_version() -> None:
    names = [re.split(r"[\[<>=]", line)[0] for line in PROJECT["dependencies"]]
    assert sorted(names) == sorted(NEEDED)
    assert f"rlms=={SUPPORTED_RLMS}" in PROJECT["dependencies"]


def test_an_environment_that_has_them_all_passes() -> None:
    assert set(require_packages()) == set(NEEDED)
