"""JSON Schema (draft 2020-12) from code that nobody vouches for: checked, bounded, and never a reason to fetch or hang.

jsonschema does the validating. What could make it reach out or run away is settled before: references stay within the
schema, patterns are matched in linear time (``linear_patterns``), and the CPU time of one check is limited.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Hashable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, NoReturn, cast

from jsonschema import Draft202012Validator, ValidationError, exceptions, validators
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from pydantic import JsonValue
from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

from .json_formats import FORMATS
from .linear_patterns import PatternRefused, check_pattern, matches

MAX_SCHEMA_CHARS = 100_000
MAX_CPU_S = 2.0
MAX_PROBLEMS = 10
MAX_PROBLEM_CHARS = 300

_OF_THE_DOCUMENT = ("$schema", "$id")
"""Left out at the top: another dialect's validator would not be bounded, and references are never relative to a URL."""

_UNSUPPORTED = {
    "patternProperties": "use propertyNames with a pattern",
    "$anchor": "use $defs",
    "$dynamicAnchor": "use $defs",
    "$dynamicRef": "use $ref",
}

Keyword = Callable[[Any, Any, Any, Any], Iterable[ValidationError] | None]


class BadSchema(ValueError):
    """Not a JSON Schema, or not one that is served here; the message says why."""


class CheckTooSlow(Exception):
    """Checks took more than their CPU time."""


class JsonSchema:
    """``text``: the schema as JSON, which is what a model is shown. ``fields``: what of it is its own."""

    def __init__(self, text: str) -> None:
        """Raises BadSchema."""
        self.text = text
        try:
            with cpu_limit():
                schema = _loaded(text)
                if faults := _problems(_META, schema):
                    raise BadSchema(faults[0])
                schema = {name: part for name, part in schema.items() if name not in _OF_THE_DOCUMENT}
                _look_through(schema)
        except CheckTooSlow:
            raise BadSchema("it takes too long to check") from None
        self.fields = schema
        self._validator = _BoundedValidator(schema, registry=EMPTY_REGISTRY, format_checker=FORMATS)

    def problems(self, value: JsonValue) -> list[str]:
        """What is wrong with ``value``, each with its path, MAX_PROBLEMS at most; [] when it fits.

        Raises CheckTooSlow, at once where no ``cpu_limit`` is set.
        """
        return _problems(self._validator, value)


_deadline: ContextVar[float] = ContextVar("deadline", default=0.0)


@contextmanager
def cpu_limit(seconds: float = MAX_CPU_S) -> Generator[None]:
    """All checks within it share that much CPU time of this thread: a busy machine is no reason to give up."""
    token = _deadline.set(time.thread_time() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _go_on() -> None:
    if time.thread_time() > _deadline.get():
        raise CheckTooSlow


def _loaded(text: str) -> dict[str, Any]:
    if len(text) > MAX_SCHEMA_CHARS:
        raise BadSchema(f"it has {len(text):,} characters; the limit is {MAX_SCHEMA_CHARS:,}")
    try:
        schema = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadSchema(f"it is not JSON: {error}") from None
    if not isinstance(schema, dict):
        raise BadSchema("it is not an object")
    return cast("dict[str, Any]", schema)


def _look_through(schema: dict[str, Any]) -> None:
    """Refuse what cannot be served safely, in every object of the schema: a reference may lead to any of them."""
    resolver = EMPTY_REGISTRY.resolver_with_root(DRAFT202012.create_resource(schema))
    rest: list[Any] = [schema]
    while rest:
        _go_on()
        part = rest.pop()
        if isinstance(part, list):
            rest += part
        if not isinstance(part, dict):
            continue
        fields = cast("dict[str, Any]", part)
        rest += fields.values()
        for unsupported, instead in _UNSUPPORTED.items():
            if unsupported in fields:
                raise BadSchema(f"{unsupported} is not supported; {instead}")
        if any(isinstance(fields.get(name), str) for name in _OF_THE_DOCUMENT):
            raise BadSchema("$schema and $id belong at its top only")
        try:
            if isinstance(pattern := fields.get("pattern"), str):
                check_pattern(pattern)
            if isinstance(reference := fields.get("$ref"), str):
                _check_reference(reference, resolver)
        except PatternRefused as error:
            raise BadSchema(str(error)) from None


def _check_reference(reference: str, resolver: Any) -> None:
    if reference != "#" and not reference.startswith("#/"):
        raise BadSchema(f"the reference {reference[:200]!r} is not followed; write it as #/$defs/…")
    try:
        resolver.lookup(reference)
    except Exception:  # Unresolvable, or a ValueError for what is no index of a list
        raise BadSchema(f"the reference {reference[:200]!r} leads nowhere") from None


def _problems(validator: Any, value: Any) -> list[str]:
    try:
        return [_described(error) for error in islice(validator.iter_errors(value), MAX_PROBLEMS)]
    except CheckTooSlow:
        raise
    except Exception as error:  # too deep, or a case that jsonschema does not foresee
        return [f"$: it cannot be checked ({type(error).__name__})"]


def _described(error: ValidationError) -> str:
    """Path and message of what is most to the point: of an ``anyOf``, the error of the branch that comes closest."""
    closest: ValidationError = cast("Any", exceptions).best_match(iter([error])) or error
    return f"{_shortened(closest.json_path)}: {_shortened(closest.message)}"


def _shortened(text: str) -> str:
    half = MAX_PROBLEM_CHARS // 2
    return text if len(text) <= MAX_PROBLEM_CHARS else f"{text[:half]} … {text[-half:]}"


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _bounded(keyword: Keyword) -> Keyword:
    """No keyword alone takes long; many can, where references multiply, and their messages quote whole values."""

    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterable[ValidationError]:
        _go_on()
        for error in keyword(validator, value, instance, schema) or ():
            error.message = _shortened(error.message)
            yield error

    return check


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterable[ValidationError]:
    if validator.is_type(instance, "string") and not matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique_items(validator: Any, wanted: bool, instance: Any, schema: Any) -> Iterable[ValidationError]:
    """jsonschema's own compares every pair."""
    if wanted and validator.is_type(instance, "array") and len(set(map(_identity, instance))) < len(instance):
        yield ValidationError("the items are not unique")


def _identity(value: Any) -> Hashable:
    """Equal for equal JSON values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, dict):
        return frozenset((key, _identity(item)) for key, item in cast("dict[str, Any]", value).items())
    if isinstance(value, list):
        return tuple(map(_identity, cast("list[Any]", value)))
    return (isinstance(value, bool), value)


_KEYWORDS = cast("dict[str, Keyword]", Draft202012Validator.VALIDATORS) | {
    "pattern": _pattern,
    "uniqueItems": _unique_items,
}
_BoundedValidator: Any = cast("Any", validators).extend(
    Draft202012Validator, {name: _bounded(keyword) for name, keyword in _KEYWORDS.items()}
)


def _meta_validator() -> Any:
    """The validator of schemas: without ``$schema``, which would hand every part to one without bounds."""
    contents = {uri: cast("dict[str, Any]", SPECIFICATIONS.contents(uri)) for uri in SPECIFICATIONS}
    plain = {uri: {name: part[name] for name in part if name != "$schema"} for uri, part in contents.items()}
    registry = EMPTY_REGISTRY.with_resources((uri, DRAFT202012.create_resource(part)) for uri, part in plain.items())
    return _BoundedValidator(plain["https://json-schema.org/draft/2020-12/schema"], registry=registry)


_META = _meta_validator()
