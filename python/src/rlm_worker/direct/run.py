"""A direct run: the root model answers from one prompt that holds the whole context. No environment is started.

To the events, the log and the bill it is a loop of one iteration; every answer that is handed back is one more.
"""

from __future__ import annotations

import time
from typing import Any

from rlm.core.types import RLMIteration, RLMMetadata

from .._generated.messages import AnswerSpec
from ..answers.gate import AnswerGate, Refusal
from ..answers.outcome import Completed, Failed, completed, exhausted, given_up
from ..clients.base import UnusableReply
from ..clients.messages import Messages
from ..clients.reply_schema import Schema
from ..clients.token_count import count_tokens
from ..environments.logged_calls import SUB_CALL_CHARS
from ..ledger.calls import CallRecord
from ..loop.scope import Scope, current_node
from ..loop.trajectory_log import TrajectoryLog
from ..loop.turn_notes import UnusableReplies
from ..wire.events import cut
from .prompt import Text, prompt_of
from .strategy import prompt_room, too_long


class DirectRLM:
    """The root of a run that has no tree. Its place is the current node of the thread that constructs it.

    Attributes:
        partial_answer: the answer given last.
    """

    def __init__(self, scope: Scope, texts: list[Text], log: TrajectoryLog | None) -> None:
        """Raises RunError context_too_long when the whole prompt does not fit the root model's window."""
        self.scope = scope
        self._node = current_node()
        self._log = log
        self._gate = AnswerGate(
            scope.spec.answer,
            scope.host,
            scope.redact,
            scope.coverage,
            scope.journal,
            lambda: self._node.place,
            scope.spec.limits.max_refusals,
        )
        self._messages = prompt_of(scope.spec, texts)
        self.partial_answer: str | None = None
        self._unusable_replies = UnusableReplies()
        self._check_length()
        if log:
            log.log_metadata(_metadata(scope))

    def outcome(self) -> Completed | Failed:
        """A refused answer is handed back in the same conversation, within maxIterations.

        Raises RunError, also for answers with one and the same fault, and RunStopped.
        """
        most, refusal = self.scope.spec.limits.max_iterations, None
        for _ in range(most):
            answer, refusal = self._attempt()
            if refusal is None:
                return completed(answer)
            if isinstance(refusal, Failed):
                return refusal
            if isinstance(refusal, Refusal) and refusal.hopeless:
                raise given_up(refusal, self.scope.spec.limits.max_refusals)
            said = [{"role": "assistant", "content": answer}] if isinstance(refusal, Refusal) else []
            self._messages += [*said, {"role": "user", "content": self._told(refusal)}]
        return exhausted(most, refusal if isinstance(refusal, Refusal) else None)

    def _attempt(self) -> tuple[str, Refusal | UnusableReply | Failed | None]:
        """One iteration: the model's reply, and why it is not the answer."""
        scope, node, started = self.scope, self._node, time.perf_counter()
        node.iteration += 1
        scope.events.iteration_started(node)
        # Most direct runs end with their first answer, so writing their prompt to a cache would only cost.
        try:
            reply = scope.ledger.call(
                node.model, self._messages, node.caller._replace(one_shot=True), _schema_of(scope.spec.answer)
            )
        except UnusableReply as unusable:
            text, refusal = unusable.reply.text, unusable
        else:
            self._unusable_replies.forget()
            self.partial_answer = text = reply.text
            refusal = _fault(reply) or self._gate.judge(text)
        if isinstance(refusal, Refusal):
            scope.events.answer_rejected(node, answer=refusal.answer, problems=refusal.problems)
        seconds = time.perf_counter() - started
        if self._log:
            final = text if refusal is None else None
            self._log.log(RLMIteration(_logged(self._messages), text, [], final, seconds))
        scope.events.iteration_completed(
            node, response=text, code_blocks=0, answer=self.partial_answer, duration_ms=seconds * 1000
        )
        return text, refusal

    def _told(self, refusal: Refusal | UnusableReply) -> str:
        """Raises RunError, when the model was told often enough."""
        return self._unusable_replies.told(refusal) if isinstance(refusal, UnusableReply) else _refused(refusal)

    def _check_length(self) -> None:
        room = prompt_room(self._node.model, self.scope.prices)
        if room is not None and count_tokens((message["content"] for message in self._messages), room) > room:
            raise too_long(room, self._node.model)


def _schema_of(answer: AnswerSpec) -> Schema | None:
    """The schema that the reply is to fit, as it is the answer; true and false are schemas that say nothing of it."""
    schema = answer.schema_
    return schema if isinstance(schema, dict) else None


def _fault(reply: CallRecord) -> Failed | None:
    """Why a reply is no whole answer."""
    if reply.cut is not None:
        return Failed(
            "answer_too_large",
            f"The answer of {reply.model} was cut {reply.cut}; partialAnswer has the beginning. Raise "
            "samplingArgs.maxTokens or maxBudgetUsd, or ask for a shorter answer.",
        )
    return None


def _refused(refusal: Refusal) -> str:
    reasons = "\n".join(f"- {reason}" for reason in refusal.reasons)
    return (
        f"Your answer was not accepted:\n{reasons}\nPut that right and give the whole answer again, and nothing else."
    )


def _logged(messages: Messages) -> Any:
    """The log holds no copy of the context."""
    return [{**message, "content": cut(message["content"], SUB_CALL_CHARS)} for message in messages]


def _metadata(scope: Scope) -> RLMMetadata:
    spec = scope.spec
    return RLMMetadata(
        root_model=spec.root_model.model,
        max_depth=spec.limits.max_depth,
        max_iterations=spec.limits.max_iterations,
        backend=spec.root_model.backend,
        backend_kwargs={"model_name": spec.root_model.model},
        environment_type=spec.environment,
        environment_kwargs={},
        other_backends=[spec.sub_model.backend],
    )
