"""The model's namespace: the official REPL's names over the model's own, restored after each code block."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .answer import fresh_answer
from .codec import decode_document
from .failures import CODE_NAME
from .host_tools import HostTools
from .variables import describe_variables, visible

MAX_PROBLEM_CHARS = 2_000
NO_VARIABLES = "No variables created yet. Use ```repl``` blocks to create variables."


class Namespace:
    """One dict, used as the globals of every code block, so that ``global``, closures and generators keep their
    meaning."""

    def __init__(self, functions: dict[str, Callable[..., Any]], host_tools: HostTools) -> None:
        self._host_tools = host_tools
        self._module = ModuleType("__main__")
        self.variables: dict[str, Any] = self._module.__dict__
        self._fixed: dict[str, Any] = {**functions, "SHOW_VARS": self._show_vars, "__name__": "__main__"}
        self._fixed["__builtins__"] = sys.modules["builtins"]
        self._aliases: dict[str, tuple[str, Any]] = {}
        self.variables.update(self._fixed)
        self.variables["answer"] = fresh_answer()
        self._hidden = frozenset(self._fixed)
        sys.modules["__main__"] = self._module

    def install_tools(self, tools: list[dict[str, Any]]) -> str | None:
        """Custom tools as the worker sorted them; the first that cannot be installed is named in the answer."""
        for tool in tools:
            try:
                self._install(tool["name"], tool["kind"], tool["value"])
            except BaseException as error:
                return f"custom tool {tool['name']!r}: {type(error).__name__}: {error}"[:MAX_PROBLEM_CHARS]
        self._hidden = frozenset(self._fixed)
        return None

    def bind(self, name: str, value: Any, alias: str | None, with_json: ModuleType | None) -> None:
        """A loaded context or history. ``alias`` points at it from now on; ``with_json`` is what the official loader
        imports."""
        if with_json is not None:
            self.variables["json"] = with_json
        self.variables[name] = value
        if alias is not None:
            self.variables[alias] = value
            self._aliases[alias] = (name, value)

    def reset_answer(self) -> None:
        self.variables["answer"] = fresh_answer()

    def restore(self) -> None:
        """Undo what a code block did to names that are not its own."""
        self.variables.update(self._fixed)
        for alias, (name, value) in self._aliases.items():
            self.variables[alias] = self.variables.setdefault(name, value)
        sys.modules["__main__"] = self._module

    def describe(self) -> list[list[Any]]:
        return describe_variables(self.variables, self._hidden)

    def _install(self, name: str, kind: str, value: str) -> None:
        if kind == "unavailable":
            self._fixed[name] = _unavailable(name)
        elif kind == "host":
            self._fixed[name] = self._host_tools.function(name, decode_document(value))
        elif kind == "code":
            exec(compile(value, CODE_NAME, "exec", dont_inherit=True), self.variables)
            self._fixed[name] = self.variables[name]
        elif kind == "expression":
            self._fixed[name] = eval(compile(value, CODE_NAME, "eval", dont_inherit=True), self.variables)
        else:
            import ast  # late: few tools are such

            data = decode_document(value) if kind == "json" else ast.literal_eval(value)
            self.variables[name] = data
            return
        self.variables[name] = self._fixed[name]

    def _show_vars(self) -> str:
        """Show all available variables in the REPL environment."""
        shown = visible(self.variables, self._hidden | {"answer"})
        if not shown:
            return NO_VARIABLES
        return f"Available variables: { {name: type(value).__name__ for name, value in shown} }"


def _unavailable(name: str) -> Callable[..., Any]:
    def tool(*_: Any, **__: Any) -> Any:
        raise RuntimeError(f"Error: tool {name!r} is a function of the host and does not exist in this REPL")

    return tool
