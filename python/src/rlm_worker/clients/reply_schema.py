"""The schema of a reply as the wires take it: of an object, and of what each dialect of JSON Schema knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from .described_schema import described_schema

Schema = Mapping[str, Any]

MEMBER = "reply"
"""Holds the value of a schema that is not an object's: OpenAI's wire takes no other at the root, and all take this."""

LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
TABLES = ("properties", "$defs", "definitions", "dependentSchemas")
SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
DEFINITIONS = ("$defs", "definitions")
OF_THE_DOCUMENT = ("$schema", "$id")
AT_THE_ROOT = frozenset({"anyOf", "oneOf", "allOf", "not", "enum", "const", "$ref", "if"})

STRICT = frozenset({"type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"})
ANNOTATIONS = frozenset({"title", "description"})
MAX_STRICT_LEVELS = 5
MAX_STRICT_PROPERTIES = 100

GEMINI = frozenset(
    {"$defs", "$ref", "type", "format", "enum", "items", "prefixItems", "minItems", "maxItems", "minimum", "maximum"}
    | {"anyOf", "oneOf", "properties", "additionalProperties", "required", *ANNOTATIONS}
)
"""What ``responseJsonSchema`` knows; it refuses some of the rest and ignores some."""


def object_schema(schema: Schema) -> Schema | None:
    """The schema, or one of an object that has its value in ``MEMBER``; None when its references forbid that."""
    bare = {name: part for name, part in schema.items() if name not in OF_THE_DOCUMENT}
    if is_of_object(bare):
        return bare
    if not all(_leads_to_definition(part) for part in parts_of(bare)):
        return None
    definitions = {name: bare.pop(name) for name in DEFINITIONS if name in bare}
    return {
        "type": "object",
        "properties": {MEMBER: bare},
        "required": [MEMBER],
        "additionalProperties": False,
        **definitions,
    }


def is_of_object(schema: Schema) -> bool:
    return schema.get("type") == "object" and not AT_THE_ROOT & schema.keys()


def is_strict(schema: Schema) -> bool:
    """Whether OpenAI's ``strict`` takes it: closed objects, all of their properties required, few keywords."""
    parts = list(parts_of(schema))
    properties = sum(len(_table(part, "properties")) for part in parts)
    few = properties <= MAX_STRICT_PROPERTIES and _levels(schema) <= MAX_STRICT_LEVELS
    return few and all(map(_is_strict_part, parts))


def gemini_schema(schema: Schema) -> Schema:
    """The schema without the keywords that Gemini does not know."""

    def known(part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in part:
            return {name: value for name, value in part.items() if name in ("$ref", "$defs")}
        values = {"enum": [part["const"]], **part} if "const" in part else part
        return {name: value for name, value in values.items() if name in GEMINI}

    return _rewritten(schema, known)


def anthropic_schema(schema: Schema) -> Schema | None:
    """Every object closed, what is not known said in the description.

    None for one that would lose by it: of an object with names that are not in the schema, or without a type.
    """
    if not all(map(_has_its_names, parts_of(schema))):
        return None
    try:
        return described_schema(_rewritten(schema, _without_type_list))
    except ValueError:
        return None


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every schema in it. Properties are none by their names alone."""
    if not isinstance(schema, dict):
        return
    fields = cast("dict[str, Any]", schema)
    yield fields
    for inner in _inner(fields):
        yield from parts_of(inner)


def _inner(fields: dict[str, Any]) -> Iterator[Any]:
    for name, value in fields.items():
        if name in SINGLE:
            yield value
        elif name in LISTS and isinstance(value, list):
            yield from cast("list[Any]", value)
        elif name in TABLES and isinstance(value, dict):
            yield from cast("dict[str, Any]", value).values()


def _rewritten(schema: Any, rewrite: Any) -> Any:
    """The schema with each schema in it as ``rewrite`` makes it, the inner ones last."""
    if not isinstance(schema, dict):
        return schema
    fields: dict[str, Any] = rewrite(cast("dict[str, Any]", schema))
    result: dict[str, Any] = {}
    for name, value in fields.items():
        if name in SINGLE:
            result[name] = _rewritten(value, rewrite)
        elif name in LISTS and isinstance(value, list):
            result[name] = [_rewritten(item, rewrite) for item in cast("list[Any]", value)]
        elif name in TABLES and isinstance(value, dict):
            result[name] = {key: _rewritten(part, rewrite) for key, part in cast("dict[str, Any]", value).items()}
        else:
            result[name] = value
    return result


def _leads_to_definition(part: dict[str, Any]) -> bool:
    return "$ref" not in part or str(part["$ref"]).startswith(tuple(f"#/{name}/" for name in DEFINITIONS))


def _is_strict_part(part: dict[str, Any]) -> bool:
    if "$ref" in part:
        return part.keys() == {"$ref"}
    if part.keys() - STRICT - ANNOTATIONS - {"$defs"} or not part.keys() & {"type", "enum", "const", "anyOf"}:
        return False
    types = _types(part)
    if "array" in types and "items" not in part:
        return False
    properties = _table(part, "properties")
    if "object" not in types and not properties:
        return True
    required = cast("list[str]", part.get("required", []))
    return bool(properties) and part.get("additionalProperties") is False and set(required) == properties.keys()


def _has_its_names(part: dict[str, Any]) -> bool:
    if "object" not in _types(part):
        return True
    return bool(_table(part, "properties")) and part.get("additionalProperties", False) is False


def _without_type_list(part: dict[str, Any]) -> dict[str, Any]:
    types = _types(part)
    if not isinstance(part.get("type"), list) or {"enum", "const", "anyOf", "oneOf", "allOf"} & part.keys():
        return part
    rest = {name: value for name, value in part.items() if name not in ("type", "$defs")}
    definitions = {"$defs": part["$defs"]} if "$defs" in part else {}
    kinds = [{"type": "null"} if kind == "null" else {**rest, "type": kind} for kind in types]
    return {"anyOf": kinds, **definitions}


def _types(part: dict[str, Any]) -> list[str]:
    types = part.get("type")
    return cast("list[str]", types) if isinstance(types, list) else [str(types)]


def _table(part: dict[str, Any], name: str) -> dict[str, Any]:
    table = part.get(name)
    return cast("dict[str, Any]", table) if isinstance(table, dict) else {}


def _levels(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 0
    return 1 + max(map(_levels, _inner(cast("dict[str, Any]", schema))), default=0)
