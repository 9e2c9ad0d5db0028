"""The Python signature of a function whose parameters are described by a JSON Schema."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from inspect import Parameter, Signature

Schema = dict[str, Any]

_NAMES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_MAX_TYPE_CHARS = 400
_MAX_LEVELS = 4


class TypeText:
    """An annotation that is shown as it is written."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def signature(parameters: Schema, returns: Schema | None) -> Signature:
    """Required parameters in the schema's order, then the others, by position or by name.

    A property whose name is no Python name can be given by ``**`` only, as can any name where the schema says that
    there may be more. An optional property without a default is shown with the default None.
    """
    from inspect import Parameter, Signature  # takes a while, and most runs have no tools

    properties, required = _properties(parameters), _required(parameters)
    names = [name for name in properties if is_parameter(name)]
    shown: list[Parameter] = []
    for name in sorted(names, key=lambda name: name not in required):
        default = Parameter.empty if name in required else _default(properties[name])
        annotation = TypeText(type_text(properties[name], parameters))
        shown.append(Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation))
    more = parameters.get("additionalProperties")
    if len(names) < len(properties) or more is True or isinstance(more, dict) or "patternProperties" in parameters:
        shown.append(Parameter(_free_name(names), Parameter.VAR_KEYWORD))
    answer = Signature.empty if returns is None else TypeText(type_text(returns))
    return Signature(shown, return_annotation=answer)


def left_out(parameters: Schema, arguments: dict[str, Any]) -> dict[str, Any]:
    """``arguments`` without each None that stands for an optional property without a default that is not given."""
    properties, required = _properties(parameters), _required(parameters)
    return {
        name: value
        for name, value in arguments.items()
        if value is not None or name in required or name not in properties or _takes_none(parameters, properties[name])
    }


def is_parameter(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name)


def type_text(schema: Any, root: Schema | None = None, levels: int = _MAX_LEVELS) -> str:
    """The type that a schema describes, as Python would write it; ``Any`` where it says too much or too little."""
    text = _type_text(schema, root if root is not None else schema, levels)
    return text if len(text) <= _MAX_TYPE_CHARS else "Any"


def _type_text(schema: Any, root: Any, levels: int) -> str:
    schema = _resolved(schema, root)
    if schema is None or levels == 0:
        return "Any"
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return " | ".join(repr(value) for value in schema["enum"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return _union(_type_text(choice, root, levels - 1) for choice in choices)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union(_type_text({**schema, "type": one}, root, levels) for one in cast("list[str]", kind))
    if kind == "array":
        items = schema.get("items")
        return "list" if items is None else f"list[{_type_text(items, root, levels - 1)}]"
    if kind == "object":
        return _object_text(schema, root, levels)
    return _NAMES.get(kind, "Any")


def _object_text(schema: Schema, root: Any, levels: int) -> str:
    properties, required = _properties(schema), _required(schema)
    if not properties or levels == 1:
        return "dict"
    inside = (
        f"{name!r}{'' if name in required else '?'}: {_type_text(item, root, levels - 1)}"
        for name, item in properties.items()
    )
    return f"{{{', '.join(inside)}}}"


def _union(texts: Any) -> str:
    return " | ".join(dict.fromkeys(texts))


def _resolved(schema: Any, root: Any) -> Schema | None:
    """The schema itself, or what it refers to in its own document; None for what is not there."""
    for _ in range(_MAX_LEVELS):
        if not isinstance(schema, dict):
            return None
        fields = cast("Schema", schema)
        if "$ref" not in fields:
            return fields
        schema = _referred(fields["$ref"], root)
    return None


def _referred(pointer: Any, root: Any) -> Any:
    if not isinstance(pointer, str) or not pointer.startswith("#"):
        return None
    for part in pointer[1:].split("/")[1:]:
        root = cast("Schema", root).get(part) if isinstance(root, dict) else None
    return root


def _properties(schema: Schema) -> Schema:
    """What a schema says of each, those included that it only requires."""
    described = cast("Schema", schema.get("properties", {}))
    return {**described, **{name: {} for name in _required(schema) if name not in described}}


def _required(schema: Schema) -> list[str]:
    return cast("list[str]", schema.get("required", []))


def _default(schema: Any) -> Any:
    return cast("Schema", schema).get("default") if isinstance(schema, dict) else None


def _takes_none(parameters: Schema, schema: Any) -> bool:
    resolved = _resolved(schema, parameters) or {}
    if "default" in resolved:
        return True
    types = _type_text(resolved, parameters, _MAX_LEVELS).split(" | ")
    return "None" in types or "Any" in types


def _free_name(names: list[str]) -> str:
    name = "more"
    while name in names:
        name += "_"
    return name
