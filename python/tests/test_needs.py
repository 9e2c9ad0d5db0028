"""Tests whose needs the machine does not meet are deselected, never skipped; in CI a missing Docker fails them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest
@pytest.mark.docker
def test_in_docker(): pass
@pytest.mark.parametrize("kind", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_of_each(kind): pass
"""

EACH = """
import json, os, pytest, sys
from _pytest.config import get_config
get_config()
for variables in json.loads(sys.argv[1]):
    if os.fork() == 0:
        os.environ.update(variables)
        sys.exit(pytest.main(["-q", "-p", "no:cacheprovider"]))
    os.wait()
    print(end="\\0", flush=True)
"""
"""Runs them with each environment: what is loaded for it is loaded once."""

NEEDS: dict[str, tuple[dict[str, str], str, str]] = {
    "without Docker": ({}, "1 passed, 2 deselected", "without docker: [Errno 2] No such file or directory: 'docker'"),
    "in CI": ({"CI": "1"}, "1 passed, 2 errors", "CI must have what this test needs, docker: [Errno 2]"),
    "left out in CI": (
        {"CI": "1", "RLM_TEST_WITHOUT_DOCKER": "1"},
        "1 passed, 2 deselected",
        "without docker: left out by RLM_TEST_WITHOUT_DOCKER",
    ),
}


def test_without_docker(tmp_path: Path) -> None:
    tests = Path(__file__).parent
    (tmp_path / "conftest.py").write_text((tests / "conftest.py").read_text())
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  docker\n")
    env = {"PATH": "", "PYTHONPATH": str(tests / "support"), "TMPDIR": os.environ["TMPDIR"]}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-c", EACH, json.dumps([variables for variables, _, _ in NEEDS.values()])]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path, check=True)
    for printed, (_, outcome, told) in zip(done.stdout.split("\0")[:-1], NEEDS.values(), strict=True):
        assert outcome in printed and told in printed, printed
