"""A run works with what is installed for runs: in a program that finds nothing of what only development has."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, in_turn

import rlm_worker
from rlm_worker.clients.backends import PROFILES
from wire import KEY, anthropic_answer, gemini_answer, openai_answer

pytestmark = pytest.mark.slow

SRC = Path(rlm_worker.__file__).parents[1]
ANSWERS = {"anthropic": anthropic_answer, "gemini": gemini_answer}
ONLY_TESTS = {"anthropic", "openai", "portkey-ai", "pytest"}

HIDING = """
import json, sys
hidden = set(json.loads(sys.argv[1]))

class Hides:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hides)
"""
REQUESTS = """
from rlm_worker._generated.messages import ModelSecrets, ModelSpec
from rlm_worker.cancel import StopSignal
from rlm_worker.clients.backends import create_client
from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.loop import provider_loop

key, schema, *specs = json.loads(sys.argv[2])
secrets = ModelSecrets.model_validate({"apiKey": key, "backendOptions": {}})
for spec in specs:
    client = create_client(ModelSpec.model_validate(spec), secrets)
    request = ModelRequest([{"role": "user", "content": "x"}], 50, schema=schema)
    print(spec["backend"], provider_loop().call(client.complete(request), StopSignal()).text)
"""
MODULES = """
import pkgutil
from importlib import import_module
import rlm_worker, rlm_coverage, rlm.core.rlm, rlm.environments.docker_repl, rlm.environments.local_repl, rlm.logger
for package in (rlm_worker, rlm_coverage):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
            print(module.name)
"""


def test_the_first_request_of_each_backend_and_every_module_need_no_sdk_and_nothing_for_development_alone() -> None:
    backends = [backend for backend in PROFILES if backend != "offline"]
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}
    with ExitStack() as servers:
        specs: list[dict[str, Any]] = []
        for backend in backends:
            server = servers.enter_context(FakeProvider(in_turn(ANSWERS.get(backend, openai_answer)())))
            asked = {"backend": backend, "model": "m", "baseUrl": server.url}
            specs.append({**asked, "samplingArgs": {}, "priceProvider": None})
        said = output(REQUESTS + MODULES, json.dumps([KEY, schema, *specs]))
    assert said[: len(backends)] == [f"{backend} hello" for backend in backends]
    imported = set(said[len(backends) :])
    assert {"rlm_worker.template", "rlm_worker.environments.docker", "rlm_coverage.tracker"} <= imported


def test_the_sdks_are_hidden_from_these_programs_and_not_installed_for_a_run() -> None:
    assert {"anthropic", "openai", "portkey_ai", "pytest", "httpx"} <= set(hidden())
    assert not installed() & ONLY_TESTS
    assert output("try: import anthropic\nexcept ImportError as error: print(error)") == ["No module named 'anthropic'"]


def output(program: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", HIDING + program, json.dumps(hidden()), *arguments]
    ran = subprocess.run(command, env={"PYTHONPATH": str(SRC)}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@cache
def hidden() -> list[str]:
    """Of this environment's modules those that no package for runs brings."""
    return [module for module, its in packages_distributions().items() if not installed() & set(map(normal, its))]


def normal(package: str) -> str:
    return package.lower().replace("_", "-").replace(".", "-")


@cache
def installed() -> set[str]:
    """What the lock has for a run: the project's dependencies and theirs, without its groups."""
    lock = tomllib.loads((SRC.parent / "uv.lock").read_text("utf-8"))
    packages: dict[str, dict[str, Any]] = {package["name"]: package for package in lock["package"]}
    found, wanted = {"rlm-worker"}, [*packages["rlm-worker"]["dependencies"]]
    while wanted:
        dependency: dict[str, Any] = wanted.pop()
        package = packages[dependency["name"]]
        if package["name"] not in found:
            wanted += package.get("dependencies", [])
        for extra in dependency.get("extra", []):
            wanted += package["optional-dependencies"][extra]
        found.add(package["name"])
    return found
