"""The JSON of an answer as it came: many servers leave out or misspell what the SDKs' types declare, and were paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..json_bytes import from_json

Json = Mapping[str, Any]


def json_object(text: str | bytes) -> Json | None:
    """The object that a body holds; None when it holds anything else. Raises ValueError for what is no JSON."""
    body: Any = from_json(text)
    return cast(Json, body) if isinstance(body, dict) else None


class CutBody(Exception):
    """A body that is no whole JSON, though it may have been: empty, or cut somewhere on its way."""


def whole_object(body: str | bytes) -> Json | None:
    """The object that the body of an answer holds; None when it holds anything else, as a web page.

    Raises:
        CutBody: it has no end.
    """
    try:
        return json_object(body)
    except ValueError:
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        if text.lstrip()[:1] == "<":
            return None
        raise CutBody(f"{len(text):,} characters that are no whole JSON" if text.strip() else "no body") from None


def object_in(parent: Json, name: str) -> Json:
    """A member that is an object; an empty one when it is not."""
    value = parent.get(name)
    return cast(Json, value) if isinstance(value, dict) else {}


def objects_in(parent: Json, name: str) -> list[Json]:
    """A member's objects, when it is a list; others in it are left out."""
    value = parent.get(name)
    return (
        [cast(Json, item) for item in cast(list[Any], value) if isinstance(item, dict)]
        if isinstance(value, list)
        else []
    )


def first_in(parent: Json, name: str) -> Json:
    """The first object of a member that is a list; an empty one when there is none."""
    objects = objects_in(parent, name)
    return objects[0] if objects else {}
