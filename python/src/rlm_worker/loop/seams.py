"""The seams: the only file that replaces names inside the official library, once for the process, by dispatchers that
serve the run of whoever calls. Outside of any run they do what the official library does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import rlm.core.rlm as official
from rlm.clients.base_lm import BaseLM
from rlm.core.types import RLMIteration
from rlm.environments.base_env import BaseEnv
from rlm.utils.parsing import format_iteration

from ..answers.gate import refusal_of
from ..clients.finish_reasons import has_text
from ..environments.create import create_environment
from ..environments.endings import endings, now
from ..environments.host import EnvironmentHost
from ..kernel.messages import ContextType, OutputStream
from .code_blocks import find_code_blocks
from .host_tools import ToolCaller
from .scope import Node, Scope, current_node, current_scope
from .sub_calls import MeteredClient, SubCallHandler
from .tree import TreeRLM
from .turn_notes import notes_of


def install() -> None:
    """From now on every ``RLM`` makes its clients, handlers, environments and children in the run of its context."""
    for name, dispatcher in SEAMS.items():
        setattr(official, name, dispatcher)


def _dispatcher(official_one: Callable[..., Any], of_a_run: Callable[..., Any]) -> Callable[..., Any]:
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        scope = current_scope()
        return official_one(*args, **kwargs) if scope is None else of_a_run(scope, *args, **kwargs)

    return dispatch


def _client(scope: Scope, backend: str, kwargs: dict[str, Any]) -> BaseLM:
    """The current node's client, whatever the official library asks for: it would ask for the root's below depth 1."""
    return MeteredClient(scope, current_node())


def _handler(scope: Scope, client: BaseLM, other_backend_client: BaseLM | None = None) -> SubCallHandler:
    return SubCallHandler(scope, current_node(), client)


def _environment(scope: Scope, kind: str, kwargs: dict[str, Any]) -> BaseEnv:
    host, started = environment_host(scope, current_node()), time.perf_counter()
    environment = create_environment(
        scope.spec.environment if kind == scope.official_environment else kind, kwargs, host
    )
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
        keeps_calls=scope.spec.log_dir is not None,  # only a log has room for them
        seed=lambda: "/".join(map(str, (scope.seed, *node.place))),
        # A child's REPL counts as one of those at once until it is gone, and a session's until it is said to be closed.
        begin_end=now if session is not None or node.depth > 0 else endings().begin,
    )


def _messages(scope: Scope, iteration: RLMIteration) -> list[dict[str, str]]:
    """The official messages, then one that says what is wrong with its response and its answers, which is never cut.

    A response without text is left out: no provider takes an empty message.
    """
    messages = format_iteration(iteration, max_character_length=scope.spec.limits.max_output_chars)
    if not has_text(iteration.response):
        messages.pop(0)
    refusals = [refusal_of(block.result) for block in iteration.code_blocks]
    told = [*notes_of(iteration), *(refusal.message for refusal in refusals if refusal is not None)]
    return [*messages, {"role": "user", "content": "\n\n".join(told)}] if told else messages


def _code_blocks(scope: Scope, text: str) -> list[str]:
    return find_code_blocks(text)


SEAMS: dict[str, Callable[..., Any]] = {
    "get_client": _dispatcher(official.get_client, _client),
    "LMHandler": _dispatcher(official.LMHandler, _handler),
    "get_environment": _dispatcher(official.get_environment, _environment),
    "RLM": _dispatcher(official.RLM, TreeRLM),
    "format_iteration": _dispatcher(official.format_iteration, _messages),
    "find_code_blocks": _dispatcher(official.find_code_blocks, _code_blocks),
}


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
