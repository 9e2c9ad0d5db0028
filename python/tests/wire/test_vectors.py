"""The generated models take what the zod definitions take, refuse what they refuse, and write the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from protocol_vectors import Vector, adapters, vectors
from pydantic import ValidationError

ADAPTERS = adapters()
ACCEPT = vectors("accept")
REJECT = vectors("reject")


def named(vector: Any) -> str | None:
    return f"{vector.type}/{vector.case}" if isinstance(vector, Vector) else None


@pytest.mark.parametrize("vector", ACCEPT, ids=named)
def test_accepts_and_writes_back(vector: Vector) -> None:
    adapter = ADAPTERS[vector.type]
    message = adapter.validate_json(json.dumps(vector.json), by_alias=True, by_name=False)
    # What is absent stays so: limits that older journals do not know are optional.
    assert adapter.dump_python(message, mode="json", by_alias=True, exclude_unset=True) == vector.json
    assert json.loads(adapter.dump_json(message, by_alias=True, exclude_unset=True)) == vector.json


@pytest.mark.parametrize("vector", REJECT, ids=named)
def test_rejects(vector: Vector) -> None:
    assert vector.json.keys() == {"message", "why"}
    adapter = ADAPTERS[vector.type]
    with pytest.raises(ValidationError):
        adapter.validate_json(json.dumps(vector.json["message"]), by_alias=True, by_name=False)
    with pytest.raises(ValidationError):
        adapter.validate_python(vector.json["message"], by_alias=True, by_name=False)


@pytest.mark.parametrize("found", [ACCEPT, REJECT], ids=["accept", "reject"])
def test_every_kind_of_line_has_a_vector_and_every_vector_a_kind(found: list[Vector]) -> None:
    assert {vector.type for vector in found} == ADAPTERS.keys()
