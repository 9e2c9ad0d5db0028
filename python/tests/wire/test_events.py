"""Events are bounded and free of keys, whatever they are made of."""

from __future__ import annotations

import inspect
import json
import random
from typing import Any, cast

import pytest

from rlm_worker._generated.constants import MAX_EVENT_TEXT_CHARS
from rlm_worker._generated.messages import AnswerProblem
from rlm_worker.json_texts import with_texts
from rlm_worker.loop.scope import Node
from rlm_worker.wire.events import Events, cut
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


KEYS = [
    '"quoted" key',
    "back\\slash-key",
    "line\nbreak-key",
    "tab\tkey-12345",
    "ключ-провайдера",
    "\U0001f511\U0001f511\U0001f511 key",
    "\ud83d\udd11-halves-of-a-key",
    "\ud800-lone-half",
    "\x00\x00\x00\x00 nul-key",
    "\u2028\u2028 line-key",
    "call.started",
    "message-1234",
    "12345678",
]
PIECES = [*' x\\"\nы\ud83d\udd11\U0001f511', "", "\\u0022", "\\n", "key", "1234", "5678", "y" * 40]


@pytest.mark.parametrize("seed", range(100))
def test_an_event_is_what_comes_of_looking_at_each_of_its_texts(seed: int) -> None:
    """Its texts are looked through together; where nothing is found, nothing else is done."""
    dice = random.Random(seed)
    redact = Redactor()
    redact.learn(dice.sample(KEYS, dice.randrange(3)))
    events = Events("run", lambda _: None, redact)
    for _ in range(20):
        event = cast("Any", {"type": "log", "durationMs": dice.random(), **made(dice, 2)})
        found = events.enveloped(event)
        exact = with_texts(
            {**event, "durationMs": round(event["durationMs"], 3)}, bounded := bounded_by(redact), bounded
        )
        assert json.dumps(found) == json.dumps({"type": event["type"], "id": "run", "at": found["at"], **exact})


def bounded_by(redact: Redactor) -> Any:
    return lambda text: cut(redact(text), MAX_EVENT_TEXT_CHARS)


def made(dice: random.Random, levels: int) -> dict[str, Any]:
    return {some_text(dice): some_value(dice, levels) for _ in range(dice.randrange(4))}


def some_value(dice: random.Random, levels: int) -> Any:
    kind = dice.randrange(5 if levels else 3)
    if kind == 3:
        return made(dice, levels - 1)
    if kind == 4:
        return [some_value(dice, levels - 1) for _ in range(dice.randrange(3))]
    return dice.randrange(100_000_000) if kind == 0 else some_text(dice)


def some_text(dice: random.Random) -> str:
    text = "".join(dice.choice([*PIECES, *KEYS]) for _ in range(dice.randrange(4)))
    return text * (MAX_EVENT_TEXT_CHARS // 10) if dice.random() < 0.02 else text


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in cast("dict[str, Any]", value).items() for item in pair for text in texts(item)]
    if isinstance(value, list):
        return [text for item in cast("list[Any]", value) for text in texts(item)]
    return [value] if isinstance(value, str) else []
