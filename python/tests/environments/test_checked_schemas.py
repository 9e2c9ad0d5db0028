"""Schemas of sub-calls are checked when they are new."""

from __future__ import annotations

import pytest

from rlm_worker.answers.json_schema import JsonSchema
from rlm_worker.environments import typed_calls
from rlm_worker.environments.call_result import CallResult

WHOLE = '{"type":"integer","title":"of this test"}'


def test_a_schema_that_calls_in_a_row_name_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def check(text: str) -> JsonSchema:
        checked.append(text)
        return JsonSchema(text)

    monkeypatch.setattr(typed_calls, "JsonSchema", check)
    for reply in ("7", "8"):
        (result,) = typed_calls.typed_calls(WHOLE, ["q"], lambda fields, asked, reply=reply: [CallResult(reply, [])])
        assert result.value == reply
    assert checked == [WHOLE]
