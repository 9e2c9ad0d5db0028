"""A run by the official loop: the root of its tree, and what its end means."""

from __future__ import annotations

from typing import cast

from ..answers.outcome import Completed, Failed, completed, exhausted
from ..context import ContextHandle
from .host_tools import tool_arguments
from .scope import Scope
from .trajectory_log import TrajectoryLog
from .tree import TreeRLM, custom_prompt


def official_root(scope: Scope, log: TrajectoryLog | None) -> TreeRLM:
    """The root RLM, with the limits that are the ledger's left out."""
    spec = scope.spec
    return TreeRLM(
        scope,
        backend=spec.root_model.backend,
        backend_kwargs={"model_name": spec.root_model.model},
        other_backends=[spec.sub_model.backend],
        other_backend_kwargs=[{"model_name": spec.sub_model.model}],
        environment=scope.official_environment,
        max_depth=spec.limits.max_depth,
        max_iterations=spec.limits.max_iterations,
        max_errors=spec.limits.max_errors,
        custom_system_prompt=custom_prompt(spec.system_prompt, has_tools=bool(spec.tools)),
        logger=log,
        persistent=spec.session is not None,
        compaction=spec.compaction,
        max_concurrent_subcalls=spec.limits.max_concurrent_sub_calls,
        **tool_arguments(spec.tools),
    )


def outcome_of(root: TreeRLM, context: ContextHandle) -> Completed | Failed:
    """Run the loop to its end. Raises what unwinds it: RunStopped, and every error but one of the last request."""
    spec = root.scope.spec
    try:
        completion = root.completion(cast("str", context), root_prompt=spec.query)
    except Exception as error:
        if not root.exhausted:
            raise
        root.scope.events.warn(f"The last request, for a final answer, failed: {error}")
        return exhausted(spec.limits.max_iterations, root.refusal)
    if root.exhausted:
        return exhausted(spec.limits.max_iterations, root.refusal)
    return completed(completion.response)
