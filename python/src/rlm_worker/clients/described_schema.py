"""A schema in Anthropic's dialect: every object closed, and what the dialect does not know said in the description.

After ``transform_schema`` of Anthropic's SDK (MIT, ``anthropic/lib/_parse/_transform.py`` of 2.11), with which a test
compares it: the worker needs nothing else of an SDK that takes 18 MB and a second to import.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

Fields = dict[str, Any]

KINDS: Final = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
FORMATS: Final = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)
CHOICES: Final = {"anyOf": "anyOf", "oneOf": "anyOf", "allOf": "allOf"}
"""What says which schemas a value meets, in the order in which one goes before the others, and as what."""


def described_schema(schema: Any) -> Fields:
    """Keeps the order of names, as the description quotes what is left.

    Raises:
        ValueError: for what the dialect has no words for: no object, or one without a type, literals or choices.
    """
    if not isinstance(schema, dict):
        raise ValueError(f"{schema} is no schema with a type")
    rest = dict(cast(Fields, schema))
    made: Fields = {}
    if (definitions := rest.pop("$defs", None)) is not None:
        made["$defs"] = _each(definitions)
    if (reference := rest.pop("$ref", None)) is not None:
        return {**made, "$ref": reference}
    kind = rest.pop("type", None)
    literals = dict(_literals(rest))
    choice = _choice(rest)
    made |= literals | choice
    if literals:
        kind = None
    elif not choice and kind is None:
        raise ValueError("a schema needs a type, literals or choices")
    elif not choice:
        made["type"] = kind
    if kind is not None and (not isinstance(kind, str) or kind not in KINDS):
        raise ValueError(f"{kind} is no type of one value")
    for name in ("description", "title"):
        if (said := rest.pop(name, None)) is not None:
            made[name] = said
    made |= _of_kind(kind, rest)
    if rest:
        left = "{" + ", ".join(f"{name}: {value}" for name, value in rest.items()) + "}"
        made["description"] = f"{made['description']}\n\n{left}" if "description" in made else left
    return made


def _literals(rest: Fields) -> Iterator[tuple[str, Any]]:
    """Takes them out of ``rest``."""
    values = rest.get("enum")
    if isinstance(values, list) and values and all(map(_is_literal, cast("list[Any]", values))):
        yield "enum", list(cast("list[Any]", rest.pop("enum")))
    if "const" in rest and _is_literal(rest["const"]):
        yield "const", rest.pop("const")


def _is_literal(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _choice(rest: Fields) -> Fields:
    """Takes all of them out of ``rest``: the dialect knows one at a time."""
    given = {name: rest.pop(name, None) for name in CHOICES}
    for name, known in CHOICES.items():
        if isinstance(given[name], list):
            return {known: list(map(described_schema, given[name]))}
    return {}


def _of_kind(kind: str | None, rest: Fields) -> Fields:
    """What else the dialect knows of a value of this kind. Takes it out of ``rest``."""
    made: Fields = {}
    if kind == "object":
        made["properties"] = _each(rest.pop("properties", {}))
        rest.pop("additionalProperties", None)
        made["additionalProperties"] = False
        if (required := rest.pop("required", None)) is not None:
            made["required"] = required
    elif kind == "string":
        form = rest.pop("format", None)
        if form in FORMATS:
            made["format"] = form
        elif form:
            rest["format"] = form
    elif kind == "array":
        if (items := rest.pop("items", None)) is not None:
            made["items"] = described_schema(items)
        if (fewest := rest.pop("minItems", None)) in (0, 1):
            made["minItems"] = fewest
        elif fewest is not None:
            rest["minItems"] = fewest
    return made


def _each(schemas: Fields) -> Fields:
    return {name: described_schema(part) for name, part in schemas.items()}
