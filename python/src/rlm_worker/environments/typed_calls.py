"""Sub-calls with ``schema=``: the schema goes into the prompt, and to the server where that takes it; the reply is read
and validated, and one that does not fit is handed back to the model once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from ..answers.candidates.candidates import candidates
from ..answers.json_schema import BadSchema, CheckTooSlow, JsonSchema, cpu_limit
from .answered import Answered, failure

Ask = Callable[[dict[str, Any], list[Any]], list[Answered]]
"""Serves prompts at once, in order, whether they are texts or messages, of which each reply is to fit a schema."""


def typed_calls(schema_text: str, prompts: list[Any], ask: Ask) -> list[Answered]:
    """The value of each reply as JSON text, or an error. All prompts are asked at once, and then all repairs."""
    try:
        schema = JsonSchema(schema_text)
    except BadSchema as error:
        return [failure(f"the schema cannot be used: {error}")] * len(prompts)
    asked = [_with_schema(prompt, schema) for prompt in prompts]
    first = [_Attempt.of(answered, schema) for answered in ask(schema.fields, asked)]
    unfit = [index for index, attempt in enumerate(first) if attempt.problems]
    repairs = ask(schema.fields, [_repair(asked[index], first[index]) for index in unfit]) if unfit else []
    results = [attempt.answered for attempt in first]
    for index, repair in zip(unfit, repairs, strict=True):
        results[index] = _repaired(first[index], _Attempt.of(repair, schema))
    return results


@dataclass(frozen=True)
class _Attempt:
    """One reply, read. ``problems``: why it does not fit; none when it does, or when there is nothing to repair."""

    answered: Answered
    problems: list[str] = field(default_factory=list[str])

    @staticmethod
    def of(answered: Answered, schema: JsonSchema) -> _Attempt:
        if answered.failed:
            return _Attempt(answered)
        if answered.cut is not None:  # what reads as JSON may be the beginning of another value
            return _Attempt(answered, [f"$: the reply was cut {answered.cut}; give a shorter one"])
        reply = str(answered.result)
        values = candidates(reply)
        problems: list[str] = []
        try:
            with cpu_limit():
                for value in [*values, reply.strip()]:
                    found = schema.problems(value)
                    if not found:
                        return _Attempt(Answered(json.dumps(value, ensure_ascii=False), answered.calls))
                    problems = problems or found
        except CheckTooSlow:
            too_slow = failure("the reply was not checked: this schema takes too long")
            return _Attempt(Answered(too_slow.result, answered.calls, failed=True))
        return _Attempt(answered, problems if values else ["$: the reply holds no JSON value"])


def _repaired(first: _Attempt, second: _Attempt) -> Answered:
    calls = [*first.answered.calls, *second.answered.calls]
    reasons = "; ".join(first.problems)
    if second.problems:
        still = "; ".join(second.problems)
        return Answered(f"Error: the reply does not fit the schema, nor does its repair: {still}", calls, failed=True)
    if second.answered.failed:
        why = str(second.answered.result).removeprefix("Error: ")
        message = f"Error: the reply does not fit the schema ({reasons}), and its repair failed: {why}"
        return Answered(message, calls, failed=True)
    return Answered(second.answered.result, calls)


def _with_schema(prompt: Any, schema: JsonSchema) -> Any:
    """A prompt that is neither a text nor messages stays as it is, and is refused as without a schema."""
    request = f"Reply with one JSON value that fits this JSON Schema, and with nothing else:\n\n{schema.text}"
    if isinstance(prompt, str):
        return f"{prompt}\n\n{request}"
    if not isinstance(prompt, list) or not prompt or not isinstance(prompt[-1], dict):
        return cast("Any", prompt)
    messages = cast("list[dict[str, Any]]", prompt)
    last = messages[-1]
    if last.get("role") == "user" and isinstance(last.get("content"), str):
        return [*messages[:-1], {**last, "content": f"{last['content']}\n\n{request}"}]
    return [*messages, {"role": "user", "content": request}]


def _repair(asked: Any, attempt: _Attempt) -> list[dict[str, Any]]:
    """The conversation so far, and what is wrong with the reply."""
    messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    reply = str(attempt.answered.result).strip() or "(an empty reply)"  # providers refuse an empty message
    problems = "\n".join(f"- {problem}" for problem in attempt.problems)
    correction = (
        f"Your reply does not fit the JSON Schema:\n{problems}\n\n"
        "Reply with the corrected JSON value, and with nothing else."
    )
    return [*messages, {"role": "assistant", "content": reply}, {"role": "user", "content": correction}]
