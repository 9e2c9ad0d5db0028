"""llm_query and its three companions: requests to the worker, answered over the same pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .checks import MAX_NAME_CHARS, MAX_PROMPTS, is_name_or_none, is_prompt
from .codec import decode_document, encode
from .frames import FrameTooLarge, require_room
from .requests import Requests

PIECE_CHARS = 16 << 20
"""A quarter of a message, as a character may take several bytes; mostly it takes one."""


class Queries:
    """The functions of the official REPL. Whatever goes wrong is a text that starts with ``Error:``."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The four functions of the official REPL, each with its official signature and ``schema``: a JSON Schema that
        the reply must fit, or a class whose ``model_json_schema()`` gives one; the value is returned then."""

        def llm_query(prompt: Any, model: str | None = None, schema: Any = None) -> Any:
            return self._ask("llm", [prompt], model, schema)[0]

        def llm_query_batched(prompts: Any, model: str | None = None, schema: Any = None) -> list[Any]:
            return self._ask("llm_batched", _as_list(prompts), model, schema)

        def rlm_query(prompt: Any, model: str | None = None, schema: Any = None) -> Any:
            return self._ask("rlm", [prompt], model, schema)[0]

        def rlm_query_batched(prompts: Any, model: str | None = None, schema: Any = None) -> list[Any]:
            return self._ask("rlm_batched", _as_list(prompts), model, schema)

        return {f.__name__: f for f in (llm_query, llm_query_batched, rlm_query, rlm_query_batched)}

    def _ask(self, kind: str, prompts: list[Any], model: str | None, schema: Any) -> list[Any]:
        if not prompts:
            return []
        if not self._requests.possible:
            return [f"Error: {kind}_query works in the REPL's own process, not in a forked child"] * len(prompts)
        if not all(map(is_prompt, prompts)):
            return ["Error: LM query failed - a prompt is a text or a list of messages"] * len(prompts)
        try:
            schema_text = None if schema is None else _schema_text(schema)
        except Exception as error:
            return [f"Error: the schema cannot be used: {type(error).__name__}: {error}"] * len(prompts)
        asked_model = None if model is None else str(model)
        if not is_name_or_none(asked_model):
            return [f"Error: LM query failed - the name of a model has at most {MAX_NAME_CHARS} characters"] * len(
                prompts
            )
        request = {"type": "request", "kind": kind, "model": asked_model, "schema": schema_text}
        results = [result for piece in _pieces(prompts) for result in self._ask_piece(request, piece)]
        return results if schema is None else [_value(result) for result in results]

    def _ask_piece(self, request: dict[str, Any], prompts: list[Any]) -> list[Any]:
        """In two, where one message cannot hold them. What is answered is kept, whatever becomes of the rest."""
        try:
            require_room(prompts)
            return self._requests.ask({**request, "prompts": prompts})
        except FrameTooLarge as error:
            if len(prompts) == 1:
                return [f"Error: LM query failed - {error}; ask about a part of it at a time"]
        except (TypeError, ValueError) as error:
            return [f"Error: LM query failed - {error}"] * len(prompts)
        half = len(prompts) // 2
        return [*self._ask_piece(request, prompts[:half]), *self._ask_piece(request, prompts[half:])]


def _pieces(prompts: list[Any]) -> Iterator[list[Any]]:
    """What is asked at once, in order: one message holds so many prompts, and so much text of them."""
    piece: list[Any] = []
    chars = 0
    for prompt in prompts:
        size = len(prompt) if type(prompt) is str else 0
        if piece and (len(piece) == MAX_PROMPTS or chars + size > PIECE_CHARS):
            yield piece
            piece, chars = [], 0
        piece.append(prompt)
        chars += size
    yield piece


def _schema_text(schema: Any) -> str:
    describe = getattr(schema, "model_json_schema", None)
    if callable(describe):
        schema = describe()
    if not isinstance(schema, dict):
        raise TypeError("it is a dict (JSON Schema), or a class with model_json_schema()")
    return encode(schema).decode("utf-8", "surrogatepass")


def _value(result: str) -> Any:
    """The worker sends values as JSON text, so that many small ones fit into one message."""
    return result if result.startswith("Error: ") else decode_document(result)


def _as_list(prompts: Any) -> list[Any]:
    if isinstance(prompts, (str, bytes)):
        raise TypeError("prompts must be a list of prompts, not one text")
    return list(prompts)
