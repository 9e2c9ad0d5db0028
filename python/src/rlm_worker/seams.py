"""The seams: the only file that replaces names inside the official library, for one run, and puts them back."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import rlm.core.rlm as official
from rlm.clients.base_lm import BaseLM
from rlm.environments.base_env import BaseEnv
from rlm.utils.parsing import format_iteration

from .environments import EnvironmentHost, create_environment
from .scope import Node, Scope, current_node
from .sub_calls import MeteredClient, SubCallHandler
from .tree import TreeRLM

OFFICIAL_OUTPUT_CHARS = 20_000


@contextmanager
def installed(scope: Scope) -> Generator[None]:
    """Within it every ``RLM`` of this process makes its clients, handlers, environments and children in ``scope``."""
    replaced: dict[str, Any] = {
        "get_client": partial(_client, scope),
        "LMHandler": partial(_handler, scope),
        "get_environment": partial(_environment, scope),
        "RLM": partial(TreeRLM, scope),
    }
    max_output_chars = scope.spec.limits.max_output_chars
    if max_output_chars != OFFICIAL_OUTPUT_CHARS:
        replaced["format_iteration"] = partial(format_iteration, max_character_length=max_output_chars)
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
    observer, started = _NodeObserver(scope, current_node()), time.perf_counter()
    host = EnvironmentHost(
        run_id=scope.run_id,
        stop=scope.stop,
        options=dict(scope.spec.environment_options),
        observer=observer,
        router=scope.router,
        max_output_chars=scope.spec.limits.max_output_chars,
    )
    environment = create_environment(kind, kwargs, host)
    if not scope.in_process:  # the official environments report nothing themselves
        observer.environment_started(None, (time.perf_counter() - started) * 1000)
    return environment


class _NodeObserver:
    """What an environment reports, as events of its node."""

    def __init__(self, scope: Scope, node: Node) -> None:
        self._scope = scope
        self._node = node

    def environment_started(self, container: str | None, duration_ms: float) -> None:
        self._scope.events.environment_started(self._node, self._scope.spec.environment, container, duration_ms)

    def context_loaded(self, context_type: str, chars: int, bytes_: int, sha256: str, duration_ms: float) -> None:
        self._scope.events.context_loaded(
            self._node, context_type=context_type, chars=chars, bytes_=bytes_, sha256=sha256, duration_ms=duration_ms
        )

    def output(self, stream: str, text: str) -> None:
        if self._node.iteration > 0:  # set-up code runs before the first iteration
            self._scope.events.code_block_output(self._node, stream, text)
