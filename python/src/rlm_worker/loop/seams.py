"""The seams: the only file that replaces names inside the official library, for one run, and puts them back."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import rlm.core.rlm as official
from rlm.clients.base_lm import BaseLM
from rlm.core.types import RLMIteration
from rlm.environments.base_env import BaseEnv
from rlm.utils.parsing import format_iteration

from ..answers.gate import refusal_of
from ..clients.finish_reasons import has_text
from ..environments.create import create_environment
from ..environments.host import EnvironmentHost
from ..kernel.messages import ContextType, OutputStream
from .code_blocks import find_code_blocks
from .host_tools import ToolCaller
from .scope import Node, Scope, current_node
from .sub_calls import MeteredClient, SubCallHandler
from .tree import TreeRLM
from .turn_notes import notes_of


@contextmanager
def installed(scope: Scope) -> Generator[None]:
    """Within it every ``RLM`` of this process makes its clients, handlers, environments and children in ``scope``."""
    replaced: dict[str, Any] = {
        "get_client": partial(_client, scope),
        "LMHandler": partial(_handler, scope),
        "get_environment": partial(_environment, scope),
        "RLM": partial(TreeRLM, scope),
        "format_iteration": partial(_messages, scope.spec.limits.max_output_chars),
        "find_code_blocks": find_code_blocks,
    }
    originals = {name: getattr(official, name) for name in replaced}
    for name, value in replaced.items():
        setattr(official, name, value)
    try:
        yield
    finally:
        for name, value in originals.items():
            setattr(official, name, value)


def _client(scope: Scope, backend: str, kwargs: dict[str, Any]) -> BaseLM:
    """The current node's client, whatever the official library asks for: it would ask for the root's below depth 1."""
    return MeteredClient(scope, current_node())


def _handler(scope: Scope, client: BaseLM, other_backend_client: BaseLM | None = None) -> SubCallHandler:
    return SubCallHandler(scope, current_node(), client)


def _environment(scope: Scope, kind: str, kwargs: dict[str, Any]) -> BaseEnv:
    host, started = environment_host(scope, current_node()), time.perf_counter()
    environment = create_environment(kind, kwargs, host)
    if not scope.in_process:  # the official environments report nothing themselves
        host.observer.environment_started(None, (time.perf_counter() - started) * 1000)
    return environment


def environment_host(scope: Scope, node: Node) -> EnvironmentHost:
    """What a run lends to the environment of one of its nodes."""
    session, options = scope.spec.session, dict(scope.spec.environment_options)
    if session is not None:
        options.pop("prewarm", None)  # a session's worker has no other run to start a kernel for
    return EnvironmentHost(
        run_id=session or scope.run_id,
        lasting=session is not None and node.depth == 0,
        stop=scope.stop,
        options=options,
        observer=_NodeObserver(scope, node),
        router=scope.router,
        call_tool=ToolCaller(scope, node).call,
        max_output_chars=scope.spec.limits.max_output_chars,
        seed=lambda: "/".join(map(str, (scope.seed, *node.place))),
    )


def _messages(max_output_chars: int, iteration: RLMIteration) -> list[dict[str, str]]:
    """The official messages, then one that says what is wrong with its response and its answers, which is never cut.

    A response without text is left out: no provider takes an empty message.
    """
    messages = format_iteration(iteration, max_character_length=max_output_chars)
    if not has_text(iteration.response):
        messages.pop(0)
    refusals = [refusal_of(block.result) for block in iteration.code_blocks]
    told = [*notes_of(iteration), *(refusal.message for refusal in refusals if refusal is not None)]
    return [*messages, {"role": "user", "content": "\n\n".join(told)}] if told else messages


class _NodeObserver:
    """What an environment reports, as events of its node."""

    def __init__(self, scope: Scope, node: Node) -> None:
        self._scope = scope
        self._node = node

    def environment_started(self, container: str | None, duration_ms: float) -> None:
        self._scope.events.environment_started(self._node, self._scope.spec.environment, container, duration_ms)

    def context_loaded(
        self, context_type: ContextType, chars: int, bytes_: int, sha256: str, duration_ms: float
    ) -> None:
        if self._node.depth == 0:
            self._scope.coverage.sha256 = sha256
        self._scope.events.context_loaded(
            self._node, context_type=context_type, chars=chars, bytes_=bytes_, sha256=sha256, duration_ms=duration_ms
        )

    def output(self, stream: OutputStream, text: str) -> None:
        if self._node.iteration > 0:  # set-up code runs before the first iteration
            self._scope.events.code_block_output(self._node, stream, text)
