"""What the system prompt says of a run's features: to whom it concerns, and nothing when there are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from worker_harness import spec as spec_of

from rlm_worker._generated.messages import RunSpec
from rlm_worker.loop.prompt_sections import TYPED_SUB_CALLS, sections

SCHEMA = {"type": "object", "properties": {"né": {"type": "string"}}}


def spec(tmp_path: Any, **answer: Any) -> RunSpec:
    plain = {"schema": None, "check": False, "requireCoverage": None, "typedSubCalls": False}
    return RunSpec.model_validate({**spec_of("http://localhost", tmp_path), "answer": {**plain, **answer}})


@pytest.mark.parametrize("depth", [0, 1])
def test_nothing_is_added_for_nothing(tmp_path: Any, depth: int) -> None:
    assert sections(spec(tmp_path), depth) == ""
    assert sections(spec(tmp_path, check=True), depth) == ""


def test_the_shape_of_the_answer_is_for_the_root(tmp_path: Any) -> None:
    shaped = spec(tmp_path, schema=SCHEMA, check=True)
    text = sections(shaped, 0)
    assert text.startswith("\n\nYour final answer must be a value that fits this JSON Schema:\n\n```json\n")
    assert json.loads(text.split("```json\n")[1].split("\n```")[0]) == SCHEMA
    assert "né" in text
    assert sections(shaped, 1) == ""


@pytest.mark.parametrize(("required", "shown"), [(1, "100%"), (0.95, "95%"), (0.333, "33.3%")])
def test_the_required_coverage_is_for_the_root(tmp_path: Any, required: float, shown: str) -> None:
    covered = spec(tmp_path, requireCoverage=required)
    assert f"at least {shown} of the characters" in sections(covered, 0)
    assert sections(covered, 1) == ""


def test_typed_sub_calls_are_for_every_node(tmp_path: Any) -> None:
    typed = spec(tmp_path, schema=SCHEMA, check=True, typedSubCalls=True)
    assert sections(typed, 1) == f"\n\n{TYPED_SUB_CALLS}"
    assert sections(typed, 0).endswith(f"\n\n{TYPED_SUB_CALLS}")
