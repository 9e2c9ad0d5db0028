"""The official ``RLM`` as a node of the tree: events, roles, the sub model for children, and answers that are not lost.

What differs from the official messages is listed in ``deviations.py``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from rlm.core.lm_handler import LMHandler
from rlm.core.rlm import RLM
from rlm.core.types import RLMChatCompletion, RLMIteration
from rlm.environments.base_env import BaseEnv, SupportsPersistence
from rlm.utils.exceptions import ErrorThresholdExceededError
from rlm.utils.token_utils import count_tokens, get_context_limit

from ..answers.gate import AnswerGate, Refusal, take_back
from ..answers.outcome import given_up
from ..cancel import RunStopped
from ..clients.base import UnusableReply
from ..clients.messages import Messages
from ..clients.reply_schema import Schema
from ..errors import EnvironmentFailure, RunError
from .observed_environment import ObservedEnvironment, status_of
from .prompt_sections import sections
from .scope import Scope, current_node, working_for
from .sub_calls import ended
from .trajectory_log import TrajectoryLog
from .turn_notes import UnusableReplies, cut_note, note
from .unrun_code import unrun_note

TOOLS_PLACEHOLDER = "{custom_tools_section}"
FINAL_REQUEST = "Please provide a final answer to the user's question based on the information provided."


class TreeRLM(RLM):
    """One node. Its place in the tree is the current node of the thread that constructs it.

    Attributes:
        exhausted: all iterations were used without an answer.
        refusal: of the answer given last, when it was not taken.
        last_prose: the last response that is not just code, for a partial answer.
    """

    def __init__(self, scope: Scope, **kwargs: Any) -> None:
        self.scope = scope
        self.node = current_node()
        self.exhausted = False
        self.refusal: Refusal | None = None
        self.last_prose: str | None = None
        self._gate = (
            AnswerGate(
                scope.spec.answer,
                scope.host,
                scope.redact,
                scope.coverage,
                scope.journal,
                lambda: self.node.place,
                scope.spec.limits.max_refusals,
            )
            if self.node.depth == 0
            else None
        )
        self._environment: BaseEnv | None = None
        self._unusable: UnusableReply | None = None
        self._unusable_replies = UnusableReplies()
        if self.node.depth > 0:
            kwargs["backend"] = self.node.model.backend
            kwargs["backend_kwargs"] = {"model_name": self.node.model.name}
            if kwargs.get("logger") is not None:
                kwargs["logger"] = TrajectoryLog(None, scope.redact, scope.events.warn, scope.spec.environment)
        super().__init__(**kwargs)

    @property
    def partial_answer(self) -> str | None:
        """What the REPL holds in ``answer["content"]``, else a refused answer, else the last response beside code."""
        return self._draft() or self.last_prose

    @property
    def environment(self) -> BaseEnv | None:
        """The one that stays for the session's next run, once there is one."""
        return cast("BaseEnv | None", self._persistent_env)

    @property
    def subcall(self) -> Callable[[str, str | None], RLMChatCompletion] | None:
        """What serves ``rlm_query`` of its REPL; None where it is a plain call."""
        return self._subcall if self.max_depth > 1 else None

    def adopt(self, environment: BaseEnv) -> None:
        """Go on in the environment of the session's last run."""
        self._persistent_env = cast("SupportsPersistence", environment)

    def completion(self, prompt: Any, root_prompt: str | None = None) -> RLMChatCompletion:
        try:
            return super().completion(prompt, root_prompt)
        except EnvironmentFailure as failure:
            if self.node.depth == 0 or not self.scope.journal.is_kept:
                raise
            # Officially its parent is told. A run that can be resumed ends instead: that was no answer of the child's.
            self.scope.stop.stop(failure.code, f"In child {self.node.path}: {failure.message}")
            raise RunStopped(self.scope.stop.code or failure.code, failure.message) from None

    @contextmanager
    def _spawn_completion_context(self, prompt: Any) -> Generator[tuple[LMHandler, BaseEnv]]:
        with working_for(self.scope, self.node), super()._spawn_completion_context(prompt) as (handler, environment):
            self._environment = environment
            yield handler, environment

    def _setup_prompt(self, prompt: Any, root_prompt: str | None = None) -> list[dict[str, Any]]:
        messages = super()._setup_prompt(prompt, root_prompt)
        messages[0]["content"] += sections(self.scope.spec, self.node.depth)
        return messages

    def _completion_turn(self, prompt: Any, lm_handler: LMHandler, environment: BaseEnv) -> RLMIteration:
        self.node.iteration += 1
        events, started = self.scope.events, time.perf_counter()
        events.iteration_started(self.node)
        observed = cast("BaseEnv", ObservedEnvironment(environment, self.scope, self.node))
        try:
            iteration = super()._completion_turn(prompt, lm_handler, observed)
        except UnusableReply as unusable:
            iteration = RLMIteration(prompt, unusable.reply.text, [], iteration_time=time.perf_counter() - started)
            self._unusable = unusable
        else:
            self._note_ending(iteration)
        self._judge(iteration)
        if prose(iteration.response):
            self.last_prose = iteration.response
        final = answer_of(iteration)
        if final is not None:
            self.scope.journal.answered(self.node.place)
        events.iteration_completed(
            self.node,
            response=iteration.response,
            code_blocks=len(iteration.code_blocks),
            answer=final if final is not None else self._answer_content(),
            duration_ms=(time.perf_counter() - started) * 1000,
        )
        return iteration

    def _check_iteration_limits(self, iteration: RLMIteration, iteration_num: int, lm_handler: LMHandler) -> None:
        """Unusable replies, maxErrors, maxRefusals: money, tokens and time are the ledger's and the deadline's."""
        unusable, self._unusable = self._unusable, None
        if unusable is not None:
            self._tell(iteration, unusable)
            return
        if answer_of(iteration) is not None:
            return
        if self.refusal is not None and self.refusal.hopeless:
            self._log_last(iteration)
            raise given_up(self.refusal, self.scope.spec.limits.max_refusals)
        failed = [block.result for block in iteration.code_blocks if status_of(block.result) != "ok"]
        if not failed:
            self._consecutive_errors = 0
            return
        self._consecutive_errors += 1
        self._last_error = failed[0].stderr
        if self.max_errors is not None and self._consecutive_errors >= self.max_errors:
            raise ErrorThresholdExceededError(self._consecutive_errors, self.max_errors, self._last_error)

    def _tell(self, iteration: RLMIteration, unusable: UnusableReply) -> None:
        """Tell the model what was wrong. Raises RunError, once that does not help, and leaves the iteration logged."""
        try:
            note(iteration, self._unusable_replies.told(unusable))
        except RunError:
            self._log_last(iteration)
            raise

    def _log_last(self, iteration: RLMIteration) -> None:
        """For an iteration that ends the loop before the official one would log it."""
        if self.logger:
            self.logger.log(iteration)

    def _note_ending(self, iteration: RLMIteration) -> None:
        self._unusable_replies.forget()
        for told in (cut_note(self.node.last_reply), unrun_note(iteration.response, len(iteration.code_blocks))):
            if told is not None:
                note(iteration, told)

    def _default_answer(self, message_history: Messages, lm_handler: LMHandler) -> str:
        self.exhausted = True
        draft = self._draft()
        if draft is not None:
            return draft
        request = [*message_history, {"role": "user", "content": FINAL_REQUEST}]
        with self.node.acting_as("default_answer"):
            response = lm_handler.completion(cast("str", request))
        if self.node.last_reply and self.node.last_reply.cut:
            self.scope.events.warn(f"The final answer was cut {self.node.last_reply.cut}.")
        if prose(response):
            self.last_prose = response
        if self.logger:
            self.logger.log(RLMIteration(cast("str", request), response, [], final_answer=response))
        return response

    def _compact_history(
        self, lm_handler: LMHandler, environment: BaseEnv, message_history: Messages, compaction_count: int = 1
    ) -> Messages:
        asked, replies = message_history, UnusableReplies()
        with self.node.acting_as("compaction"):
            while True:
                try:
                    history = super()._compact_history(lm_handler, environment, asked, compaction_count)
                    break
                except UnusableReply as unusable:
                    asked = [*asked, {"role": "user", "content": replies.told(unusable)}]
        cut = cut_note(self.node.last_reply)
        if cut is not None:
            history[-1] = {**history[-1], "content": f"{cut}\n\n{history[-1]['content']}"}
        return history

    def _get_compaction_status(self, message_history: Messages) -> tuple[int, int, int]:
        model = self.node.model
        window = self.scope.prices.context_window(model.backend, model.name) or get_context_limit(model.name)
        return count_tokens(message_history, model.name), int(self.compaction_threshold_pct * window), window

    def _subcall(self, prompt: str, model: str | None = None, schema: Schema | None = None) -> RLMChatCompletion:
        """``schema``: what a plain call's reply is to fit; a child answers in its own way."""
        served = self.scope.models.serving(model)
        is_leaf = self.depth + 1 >= self.max_depth
        if is_leaf:
            spawned = self.node.plain_call("leaf", served, model, schema)
        else:
            spawned = self.node.child(self.scope.journal.child(self.node.place, prompt, model), served, model)
        slot = nullcontext() if is_leaf else self.scope.child_slots.hold(spawned.depth)
        with slot, working_for(self.scope, spawned):
            # The serving model's name, so that the record is labelled with what served it.
            completion = super()._subcall(prompt, served.name)
        return ended(completion, spawned.last_reply) if is_leaf else completion

    def _judge(self, iteration: RLMIteration) -> None:
        """Takes refused answers back, so that the loop goes on; the first one that is accepted ends it."""
        for block in iteration.code_blocks:
            result = block.result
            if self._gate is None or result.final_answer is None:
                continue
            self.refusal = refused = self._gate.judge(result.final_answer)
            if refused is None:
                return
            self.scope.events.answer_rejected(self.node, answer=refused.answer, problems=refused.problems)
            take_back(result, refused)

    def _draft(self) -> str | None:
        return self._answer_content() or (self.refusal.answer if self.refusal else None)

    def _answer_content(self) -> str | None:
        return getattr(self._environment, "answer_content", None) or None


def answer_of(iteration: RLMIteration) -> str | None:
    """The answer of the first code block that has one, as the official loop takes it."""
    answers = (block.result.final_answer for block in iteration.code_blocks)
    return next((answer for answer in answers if answer is not None), None)


def prose(response: str) -> str:
    """What a response says beside its code; a block that was never closed counts as code."""
    return re.sub(r"```(repl|python)\b.*?(\n```|\Z)", "", response, flags=re.DOTALL).strip()


def custom_prompt(text: str | None, *, has_tools: bool) -> str | None:
    """A system prompt of the run's own for the official library; None stays. Tools are described in every one."""
    if text is None:
        return None
    return escape_system_prompt(f"{text}\n{TOOLS_PLACEHOLDER}" if has_tools and TOOLS_PLACEHOLDER not in text else text)


def escape_system_prompt(text: str) -> str:
    """A system prompt that comes out of ``str.format`` as it went in, the tools placeholder filled."""
    parts = text.split(TOOLS_PLACEHOLDER)
    return TOOLS_PLACEHOLDER.join(part.replace("{", "{{").replace("}", "}}") for part in parts)
