"""Functions of the host as functions of the REPL: called over the pipe, by any number of threads at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .codec import decode_document
from .frames import require_room
from .json_values import to_json_value
from .requests import Requests
from .signatures import left_out, signature


class HostTools:
    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def function(self, name: str, tool: dict[str, Any]) -> Callable[..., Any]:
        """``tool`` has ``description``, ``parameters`` and ``returns``, as the host gave them."""
        signed = signature(tool["parameters"], tool["returns"])

        def function(*positional: Any, **named: Any) -> Any:
            try:
                bound = signed.bind(*positional, **named)
                arguments = {**dict(zip(signed.parameters, bound.args)), **bound.kwargs}  # noqa: B905 - for Python 3.9
                values = to_json_value(left_out(tool["parameters"], arguments))
            except TypeError as error:
                raise TypeError(f"{name}(): {error}") from None
            except ValueError as error:
                raise ValueError(f"{name}(): {error}") from None
            return self._call(name, values)

        function.__name__ = function.__qualname__ = name
        function.__doc__ = tool["description"]
        vars(function)["__signature__"] = signed
        return function

    def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Raises RuntimeError with the words of the host, and ValueError for more than a message can hold."""
        if not self._requests.possible:
            raise RuntimeError(f"tool {name}: works in the REPL's own process, not in a forked child")
        try:
            require_room(arguments.values())
            result = self._requests.ask({"type": "tool_call", "tool": name, "arguments": arguments})[0]
        except ValueError as error:
            raise ValueError(f"{name}(): {error}") from None
        if "error" in result:
            raise RuntimeError(f"tool {name}: {result['error']}")
        return decode_document(result["value"])
