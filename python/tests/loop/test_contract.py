"""What the worker relies on inside rlms 0.1.3. After a failure: read what changed, check the seams, record anew."""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import rlm.core.lm_handler
import rlm.core.rlm
import rlm.environments.docker_repl as docker_repl
from rlm.core.lm_handler import LMHandler, LMRequestHandler
from rlm.core.rlm import RLM
from rlm.core.types import CodeBlock, REPLResult, RLMChatCompletion, RLMIteration, RLMMetadata, UsageSummary
from rlm.environments.docker_repl import DockerREPL
from rlm.logger import RLMLogger
from rlm.utils.parsing import format_iteration

from rlm_worker.packages import SUPPORTED_RLMS

SIGNATURES = {
    "RLM.__init__": (
        "self, backend='openai', backend_kwargs=None, environment='local', environment_kwargs=None, depth=0, "
        "max_depth=1, max_iterations=30, max_budget=None, max_timeout=None, max_tokens=None, max_errors=None, "
        "custom_system_prompt=None, other_backends=None, other_backend_kwargs=None, logger=None, "
        "verbose=False, persistent=False, custom_tools=None, custom_sub_tools=None, compaction=False, "
        "compaction_threshold_pct=0.85, max_concurrent_subcalls=4, on_subcall_start=None, "
        "on_subcall_complete=None, on_iteration_start=None, on_iteration_complete=None, sampling_args=None, "
        "sub_sampling_args=None, orchestrator=True, user_prologue=None"
    ),
    "RLM.completion": "self, prompt, root_prompt=None",
    "RLM._subcall": "self, prompt, model=None",
    "RLM._completion_turn": "self, prompt, lm_handler, environment",
    "RLM._default_answer": "self, message_history, lm_handler",
    "RLM._compact_history": "self, lm_handler, environment, message_history, compaction_count=1",
    "RLM._check_iteration_limits": "self, iteration, iteration_num, lm_handler",
    "RLM._get_compaction_status": "self, message_history",
    "RLM._spawn_completion_context": "self, prompt",
    "LMHandler.__init__": (
        "self, client, host='127.0.0.1', port=0, other_backend_client=None, batch_max_concurrent=16"
    ),
    "LMHandler.get_client": "self, model=None, depth=0",
    "LMHandler.completion": "self, prompt, model=None",
    "LMHandler.start": "self",
    "LMHandler.stop": "self",
    "LMHandler.get_usage_summary": "self",
    "LMRequestHandler._handle_single": "self, request, handler",
    "LMRequestHandler._handle_batched": "self, request, handler",
    "DockerREPL.__init__": (
        "self, image='python:3.11-slim', lm_handler_address=None, context_payload=None, setup_code=None, "
        "persistent=False, depth=1, subcall_fn=None, custom_tools=None, custom_sub_tools=None, "
        "compaction=False, max_concurrent_subcalls=4, **kwargs"
    ),
    "_build_exec_script": "code, proxy_port, depth=1, custom_tools=None, compaction=False",
    "format_iteration": "iteration, max_character_length=20000",
    "RLMLogger.__init__": "self, log_dir=None, file_name='rlm'",
    "RLMLogger.log": "self, iteration",
    "RLMLogger.log_metadata": "self, metadata",
}

FILES = {
    rlm.core.rlm: "f7df6af55027159b2f428ff98c9b19beb872618ee88aa8fef62c9498fa1e0562",
    rlm.core.lm_handler: "1eca691dce2b6f83a57a4c210917dbe4103cd7a3d3fc5aa203a07f1505515ded",
    docker_repl: "5324a28f09c010222eedb78b9f0689e740285aa43a11e80aa581403b2de0d1f3",
}

RESULT = REPLResult("out", "err", {"x": 1}, 0.1, [], None)
COMPLETION = RLMChatCompletion("m", "p", "r", UsageSummary({}), 0.1, metadata={}, error="e")
ITERATION = RLMIteration([], "r", [CodeBlock("c", RESULT)], None, 0.1)


def find(name: str) -> Any:
    places = {c.__name__: c for c in (RLM, LMHandler, LMRequestHandler, DockerREPL, RLMLogger)}
    if "." not in name:
        return {"format_iteration": format_iteration}.get(name) or getattr(docker_repl, name)
    owner, attribute = name.split(".")
    return getattr(places[owner], attribute)


def signature(function: Any) -> str:
    parameters: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        star = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        parameters.append(f"{star}{parameter.name}{default}")
    return ", ".join(parameters)


def test_the_version_is_the_one_supported() -> None:
    assert version("rlms") == SUPPORTED_RLMS


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_those_recorded(name: str) -> None:
    assert signature(find(name)) == SIGNATURES[name]


@pytest.mark.parametrize("module", FILES, ids=lambda module: module.__name__)
def test_files_are_those_read(module: Any) -> None:
    assert hashlib.sha256(Path(module.__file__).read_bytes()).hexdigest() == FILES[module]


def test_children_and_leaves_come_from_the_replaced_names() -> None:
    body = ast.parse(textwrap.dedent(inspect.getsource(RLM._subcall)))
    called = {node.func.id for node in ast.walk(body) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert {"RLM", "get_client"} <= called


def test_a_completion_uses_the_replaced_names() -> None:
    body = ast.parse(textwrap.dedent(inspect.getsource(RLM._spawn_completion_context)))
    called = {node.func.id for node in ast.walk(body) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert {"get_client", "LMHandler", "get_environment"} <= called
    assert "format_iteration(iteration)" in inspect.getsource(RLM.completion)


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (RESULT, {"stdout", "stderr", "locals", "execution_time", "rlm_calls", "final_answer"}),
        (COMPLETION, {"root_model", "prompt", "response", "usage_summary", "execution_time", "metadata", "error"}),
        (ITERATION, {"prompt", "response", "code_blocks", "final_answer", "iteration_time"}),
        (
            RLMMetadata("m", 1, 1, "b", {}, "e", {}),
            {
                "root_model",
                "max_depth",
                "max_iterations",
                "backend",
                "backend_kwargs",
                "environment_type",
                "environment_kwargs",
                "other_backends",
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_logged_keys_are_those_the_visualizer_reads(value: Any, keys: set[str]) -> None:
    assert set(value.to_dict()) == keys
