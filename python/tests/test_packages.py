"""What a user's own Python must have is exactly what the project installs."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest

from rlm_worker.packages import NEEDED, SUPPORTED_RLMS, require_packages

SETTINGS = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
PROJECT = SETTINGS["project"]
LEFT_OUT = {"anthropic", "openai", "portkey-ai", "pytest"}


def test_every_dependency_is_looked_for_and_the_pin_is_the_supported_version() -> None:
    names = [re.split(r"[\[<>=]", line)[0] for line in PROJECT["dependencies"]]
    assert sorted(names) == sorted(NEEDED)
    assert f"rlms=={SUPPORTED_RLMS}" in PROJECT["dependencies"]


def test_an_environment_that_has_them_all_passes() -> None:
    assert require_packages() == {name: version(name) for name in NEEDED}


def test_packages_that_were_installed_in_an_older_way_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NEEDED:
        its = SUPPORTED_RLMS if name == "rlms" else "1.0"
        folder = tmp_path / f"{name.replace('-', '_')}-{its}.egg-info"
        folder.mkdir()
        (folder / "PKG-INFO").write_text(f"Name: {name}\nVersion: {its}\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert require_packages() == {**dict.fromkeys(NEEDED, "1.0"), "rlms": SUPPORTED_RLMS}


def test_of_rlms_nothing_is_left_out_but_the_sdks_that_only_tests_use_and_pytest() -> None:
    (said,) = SETTINGS["tool"]["uv"]["dependency-metadata"]
    assert (said["name"], said["version"]) == ("rlms", SUPPORTED_RLMS)
    theirs = {plain(line) for line in requires("rlms") or ()}
    assert theirs - {plain(line) for line in said["requires-dist"]} == {
        line for line in theirs if re.split("[<>=]", line)[0] in LEFT_OUT
    }
    assert {plain(line) for line in said["requires-dist"]} <= theirs


def plain(requirement: str) -> str:
    return requirement.replace(" ", "").replace("'", '"').replace("_", "-")
