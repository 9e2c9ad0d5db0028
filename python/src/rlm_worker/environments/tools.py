"""Custom tools, sorted by how they cross into the REPL."""

from __future__ import annotations

import ast
import json
import textwrap
from typing import Any, NamedTuple

from rlm.environments.base_env import extract_tool_value


class HostTool(NamedTuple):
    """A function of the host: in the REPL, a function that asks for it by its name.

    Attributes:
        description: its docstring there.
        parameters: a JSON Schema of type object; ``returns``, where something is known, one of what it returns.
    """

    description: str
    parameters: dict[str, Any]
    returns: dict[str, Any] | None


def host_tools(custom_tools: dict[str, Any]) -> frozenset[str]:
    """The names of those that are the host's."""
    return frozenset(name for name, entry in custom_tools.items() if isinstance(extract_tool_value(entry), HostTool))


def portable_tools(custom_tools: dict[str, Any]) -> list[dict[str, str]]:
    """``name``, ``kind`` and ``value`` of each.

    Source that defines the tool's name, or a lambda, is code; any other str is data, as are values JSON or a Python
    literal can hold. A HostTool is asked for over the pipe. A function of the worker's own cannot cross: the REPL gets
    a stand-in that says so. Raises TypeError for anything else.
    """
    return [{"name": name, **_portable(name, extract_tool_value(entry))} for name, entry in custom_tools.items()]


def _portable(name: str, value: Any) -> dict[str, str]:
    if isinstance(value, HostTool):
        return {"kind": "host", "value": json.dumps(value._asdict())}
    if isinstance(value, str) and (kind := _code_kind(name, value)):
        return {"kind": kind, "value": textwrap.dedent(value).strip()}
    if callable(value):
        return {"kind": "unavailable", "value": ""}
    text = _json_text(value)
    if text is not None:
        return {"kind": "json", "value": text}
    if _is_literal(value):
        return {"kind": "literal", "value": repr(value)}
    raise TypeError(f"custom tool {name!r}: a {type(value).__name__} cannot be passed into the REPL")


def _code_kind(name: str, text: str) -> str | None:
    try:
        body = ast.parse(textwrap.dedent(text).strip()).body
    except (SyntaxError, ValueError):
        return None
    if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Lambda):
        return "expression"
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    assigned = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return "code" if name in defined or (name in assigned and "\n" in text) else None


def _json_text(value: Any) -> str | None:
    """None when JSON would change the value: a tuple, a set, an int as key."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return None
    return text if _same(json.loads(text), value) else None


def _is_literal(value: Any) -> bool:
    try:
        return _same(ast.literal_eval(repr(value)), value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def _same(left: Any, right: Any) -> bool:
    return repr(left) == repr(right)
