"""Tests whose needs the machine does not meet are deselected, never skipped; in CI a missing Docker fails them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest
@pytest.mark.docker
def test_in_docker(): pass
@pytest.mark.parametrize("kind", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_of_each(kind): pass
"""


@pytest.mark.parametrize(
    ("variables", "outcome", "told"),
    [
        ({}, "1 passed, 2 deselected", "without docker: [Errno 2] No such file or directory: 'docker'"),
        ({"CI": "1"}, "1 passed, 2 errors", "CI must have what this test needs, docker: [Errno 2]"),
        (
            {"CI": "1", "RLM_TEST_WITHOUT_DOCKER": "1"},
            "1 passed, 2 deselected",
            "without docker: left out by RLM_TEST_WITHOUT_DOCKER",
        ),
    ],
    ids=["without Docker", "in CI", "left out in CI"],
)
def test_without_docker(variables: dict[str, str], outcome: str, told: str, tmp_path: Path) -> None:
    tests = Path(__file__).parent
    (tmp_path / "conftest.py").write_text((tests / "conftest.py").read_text())
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  docker\n")
    env = {"PATH": "", "PYTHONPATH": str(tests / "support"), "TMPDIR": os.environ["TMPDIR"], **variables}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path, check=False)
    assert outcome in done.stdout and told in done.stdout, done.stdout
