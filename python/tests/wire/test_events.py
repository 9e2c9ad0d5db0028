"""Events are bounded and free of keys, whatever they are made of."""

from __future__ import annotations

import inspect
import json
from typing import Any, cast

import pytest

from rlm_worker._generated.constants import MAX_EVENT_TEXT_CHARS
from rlm_worker._generated.messages import AnswerProblem
from rlm_worker.loop.scope import Node
from rlm_worker.wire.events import Events
from rlm_worker.wire.redaction import Redactor

KEY = "sk-a-key-of-the-provider"
ENDLESS = f"{KEY} " + "x" * 3_000_000
METHODS = [name for name, member in inspect.getmembers(Events, inspect.isfunction) if not name.startswith("_")]
KINDS = [name for name in METHODS if name not in ("enveloped", "heard_by")]


def endless(annotation: str) -> Any:
    """A value of that type, made of a text without end wherever it holds one."""
    if "AnswerProblem" in annotation:
        return [AnswerProblem(source="validate", path=ENDLESS, message=ENDLESS)]
    if annotation.startswith("out.") and annotation not in ("out.Environment", "out.Strategy"):
        return {
            "type": "call.completed",
            "requestedModel": ENDLESS,
            "error": {"code": "x", "message": ENDLESS},
            "documents": [{ENDLESS: ENDLESS}],
        }
    if annotation == "InTree":
        return Node(ENDLESS, 1, cast("Any", None), "child")
    return 1 if annotation.split()[0] in ("int", "float") else ENDLESS


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_of_every_event_is_cut_and_holds_no_key(kind: str) -> None:
    written: list[dict[str, Any]] = []
    redact = Redactor()
    redact.learn([KEY])
    emit = getattr(Events("run", written.append, redact), kind)
    parameters = inspect.signature(emit).parameters.values()
    positional = [endless(one.annotation) for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    emit(*positional, **{one.name: endless(one.annotation) for one in parameters if one.kind is one.KEYWORD_ONLY})
    answer = written[0].pop("answer", "") if kind == "run_completed" else ""
    assert len(written) == 1
    assert len(max(texts(written[0]), key=len)) <= MAX_EVENT_TEXT_CHARS
    assert KEY not in json.dumps(written[0]) + answer


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in cast("dict[str, Any]", value).items() for item in pair for text in texts(item)]
    if isinstance(value, list):
        return [text for item in cast("list[Any]", value) for text in texts(item)]
    return [value] if isinstance(value, str) else []
