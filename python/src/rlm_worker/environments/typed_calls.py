"""Sub-calls with ``schema=``: the schema goes into the prompt, and to the server where that takes it; the reply is read
and validated, and one that does not fit is handed back to the model once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from ..answers.candidates.candidates import candidates
from ..answers.json_schema import BadSchema, CheckTooSlow, JsonSchema, cpu_limit
from .call_result import CallResult, failure

Ask = Callable[[dict[str, Any], list[Any]], list[CallResult]]
"""Serves prompts at once, in order, whether they are texts or messages, of which each reply is to fit a schema."""


def typed_calls(schema_text: str, prompts: list[Any], ask: Ask) -> list[CallResult]:
    """The value of each reply as JSON text, or an error. All prompts are asked at once, and then all repairs."""
    try:
        schema = _checked(schema_text)
    except BadSchema as error:
        return [failure(f"the schema cannot be used: {error}")] * len(prompts)
    asked = [_with_schema(prompt, schema) for prompt in prompts]
    first = [_ReadReply.of(result, schema) for result in ask(schema.fields, asked)]
    unfit = [index for index, reply in enumerate(first) if reply.problems]
    repairs = ask(schema.fields, [_repair(asked[index], first[index]) for index in unfit]) if unfit else []
    results = [reply.result for reply in first]
    for index, repair in zip(unfit, repairs, strict=True):
        results[index] = _repaired(first[index], _ReadReply.of(repair, schema))
    return results


@lru_cache(maxsize=4)
def _checked(schema_text: str) -> JsonSchema:
    """Code asks for the same one again and again: to check it takes longer than all else here. Raises BadSchema."""
    return JsonSchema(schema_text)


@dataclass(frozen=True)
class _ReadReply:
    """One reply, read. ``problems``: why it does not fit; none when it does, or when there is nothing to repair."""

    result: CallResult
    problems: list[str] = field(default_factory=list[str])

    @staticmethod
    def of(result: CallResult, schema: JsonSchema) -> _ReadReply:
        if result.failed:
            return _ReadReply(result)
        if result.cut is not None:  # what reads as JSON may be the beginning of another value
            return _ReadReply(result, [f"$: the reply was cut {result.cut}; give a shorter one"])
        reply = str(result.value)
        values = candidates(reply)
        problems: list[str] = []
        try:
            with cpu_limit():
                for value in [*values, reply.strip()]:
                    found = schema.problems(value)
                    if not found:
                        return _ReadReply(CallResult(json.dumps(value, ensure_ascii=False), result.calls))
                    problems = problems or found
        except CheckTooSlow:
            too_slow = failure("the reply was not checked: this schema takes too long")
            return _ReadReply(CallResult(too_slow.value, result.calls, failed=True))
        return _ReadReply(result, problems if values else ["$: the reply holds no JSON value"])


def _repaired(first: _ReadReply, second: _ReadReply) -> CallResult:
    calls = [*first.result.calls, *second.result.calls]
    reasons = "; ".join(first.problems)
    if second.problems:
        still = "; ".join(second.problems)
        return CallResult(f"Error: the reply does not fit the schema, nor does its repair: {still}", calls, failed=True)
    if second.result.failed:
        why = str(second.result.value).removeprefix("Error: ")
        message = f"Error: the reply does not fit the schema ({reasons}), and its repair failed: {why}"
        return CallResult(message, calls, failed=True)
    return CallResult(second.result.value, calls)


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


def _repair(asked: Any, unfit: _ReadReply) -> list[dict[str, Any]]:
    """The conversation so far, and what is wrong with the reply."""
    messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    reply = str(unfit.result.value).strip() or "(an empty reply)"  # providers refuse an empty message
    problems = "\n".join(f"- {problem}" for problem in unfit.problems)
    correction = (
        f"Your reply does not fit the JSON Schema:\n{problems}\n\n"
        "Reply with the corrected JSON value, and with nothing else."
    )
    return [*messages, {"role": "assistant", "content": reply}, {"role": "user", "content": correction}]
