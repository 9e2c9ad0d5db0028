"""The prompt of a direct run: every document of the context, verbatim under its name, and then the query."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from .._generated.messages import RunSpec
from ..clients.messages import Messages
from ..context import Document, StreamedContext

SYSTEM_PROMPT = (
    "You are given a context, in one or more documents, and a query about it. Read all of the context, then answer the "
    "query from it. Your whole reply is the answer and is handed on as it is: write nothing before or after it. If the "
    "context does not hold the answer, say so."
)


class Text(NamedTuple):
    """A document as it stands in the prompt. ``name``: its file or key, the place in a list, None for a lone text."""

    name: str | None
    text: str


def texts_of(context: StreamedContext) -> list[Text]:
    """The documents, read whole; a value of a JSON context that is no text, as JSON. Raises ContextFailure."""
    texts = [Text(document.name or None, _read(document)) for document in context.documents()]
    if context.kind != "json":
        return texts
    return [Text(name, _text_of(value)) for name, value in _named_values(json.loads(texts[0].text))]


def _system_prompt(spec: RunSpec) -> str:
    """The user's, in place of ours, and the answer's shape."""
    text = SYSTEM_PROMPT if spec.system_prompt is None else spec.system_prompt
    schema = spec.answer.schema_
    if schema is None:
        return text
    return (
        f"{text}\n\nYour reply must be JSON text alone, of one value that fits this JSON Schema. It is checked; if it "
        "does not fit, you are told what is wrong and give it again.\n\n"
        f"```json\n{json.dumps(schema, ensure_ascii=False, indent=2)}\n```"
    )


def prompt_of(spec: RunSpec, texts: Iterable[Text]) -> Messages:
    """System, context, query. Two user messages in a row, as the official prompt has them."""
    return [
        {"role": "system", "content": _system_prompt(spec)},
        {"role": "user", "content": "\n\n".join(map(_document, texts))},
        {"role": "user", "content": f"Answer the following: {spec.query}"},
    ]


def _document(document: Text) -> str:
    name = "" if document.name is None else f" name={json.dumps(document.name, ensure_ascii=False)}"
    return f"<document{name}>\n{document.text}\n</document>"


def _read(document: Document) -> str:
    with document.open() as opened:
        return b"".join(opened.chunks()).decode()


def _named_values(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).items())
    return [(str(index), item) for index, item in enumerate(cast("list[Any]", value))]


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
