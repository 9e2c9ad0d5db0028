"""The vectors both sides share, as packages/protocol keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import TypeAdapter
from worker_messages import WorkerMessage

from rlm_worker._generated import messages

FOLDER = Path(__file__).parents[3] / "packages" / "protocol" / "vectors"


class Vector(NamedTuple):
    type: str
    case: str
    json: Any


def vectors(kind: str) -> list[Vector]:
    """``kind``: accept (each a message) or reject (each a message and why)."""
    files = sorted((FOLDER / kind).glob("*/*.json"))
    return [Vector(file.parent.name, file.stem, json.loads(file.read_text("utf-8"))) for file in files]


def transcripts() -> list[str]:
    return sorted(file.stem for file in (FOLDER / "transcripts").glob("*.ndjson"))


def transcript(scenario: str) -> list[dict[str, Any]]:
    lines = (FOLDER / "transcripts" / f"{scenario}.ndjson").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def adapters() -> dict[str, TypeAdapter[Any]]:
    """The reader of each kind of line: by a message's type, and ``secrets``."""
    of_host, of_worker = TypeAdapter(messages.HostMessage), TypeAdapter(WorkerMessage)
    return {
        **dict.fromkeys(_types(messages.HostMessage), of_host),
        **dict.fromkeys(_types(WorkerMessage), of_worker),
        "secrets": TypeAdapter(messages.RunSecrets),
    }


def _types(union: Any) -> list[str]:
    members = get_args(get_args(union.__value__)[0])
    return [get_args(member.model_fields["type"].annotation)[0] for member in members]
