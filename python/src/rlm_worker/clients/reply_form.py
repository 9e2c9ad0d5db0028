"""The form in which one call asks for its reply: JSON of its schema, any JSON, or text, as far as the server takes it.

It helps the model and proves nothing: whoever asked reads and checks the reply as without it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from ..answers.candidates.candidates import candidates
from .reply_schema import MEMBER, Schema, is_of_object, object_schema
from .request import Form, ModelRequest

if TYPE_CHECKING:
    from .learned import Learned

Scope = Literal["model", "schema", "reply"]
"""What a refusal of a form is true of."""

NAMES = frozenset(
    {"response_format", "response_schema", "response_json_schema", "response_mime_type", "output_format", "format"}
    | {"guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs", "grammar", "json_schema"}
)
"""The caller's own words for a form, in ``samplingArgs`` and what they hold; theirs wins."""

HOLDERS = ("extra_body", "output_config")
NOT_OF_A_FORM = frozenset({401, 402, 403, 429})

ABOUT_FORM = (
    r"(?i)response[ _]?format|json[ _]?(?:schema|object|mode)|response_?(?:json_?)?(?:schema|mime_?type)"
    r"|output[ _](?:config|format)|structured[ _]outputs?|guided[ _](?:json|decoding)|\bgrammar\b|\bschemas?\b"
    r"|failed to (?:validate|generate) JSON|required for format|invalid format"
    r"|no endpoints found that|request contains an invalid argument"
)
"""Every server words it in its own way; none has a code for it."""

ABOUT_REPLY = r"(?i)json_validate_failed|failed to (?:validate|generate) JSON"
"""The server had the model write, and what it wrote does not fit."""

ABOUT_SCHEMA = (
    r"(?i)\bschemas?\b|schema\.\w|\bgrammar\b|structured output configuration|additionalProperties|OBJECT type"
    r"|invalid format|invalid argument"
)
"""As a word, not as a part of a parameter's name: another schema may be taken."""

NO_SCHEMA = (
    r"(?i)not support(?: \w+){0,2} schemas?\b"
    r"|schema(?: \w+)? is not (?:supported|enabled|available)|schemas are not (?:supported|enabled|available)"
)


class ReplyForm:
    """The form of one call's reply. A refused one is remembered once a reply came without it."""

    def __init__(self, schema: Schema | None, forms: tuple[Form, ...], learned: Learned) -> None:
        """``forms``: those of the wire, the most helpful first."""
        self._learned = learned
        self._schema = None if schema is None or not forms else object_schema(schema)
        self._is_member = schema is not None and self._schema is not None and not is_of_object(schema)
        self._key = "" if self._schema is None else _digest(self._schema)
        self._left: list[Form] = []
        if self._schema is not None:
            refused = learned.refused_forms("", self._key)
            self._left = [form for form in forms if form not in refused]
        self._refused: list[tuple[str, Form]] = []

    def ask(self, request: ModelRequest) -> ModelRequest:
        """The request in the form that is left; one of text has no schema."""
        form = self._left[0] if self._left else None
        if form is None:
            return request if request.schema is None else request._replace(schema=None, form=None)
        messages = _told(request.messages) if self._is_member else request.messages
        return request._replace(messages=messages, schema=self._schema, form=form)

    def correct(self, status: int | None, said: str) -> bool:
        """Whether a refusal is of the form, and another one is left: text is taken by all."""
        if not self._left or status in NOT_OF_A_FORM or not re.search(ABOUT_FORM, said):
            return False
        form, scope = self._left.pop(0), _scope(said)
        if scope != "reply":
            self._refused.append(("" if scope == "model" else self._key, form))
        return True

    def taken(self) -> None:
        """A reply came, of whatever kind."""
        for key, form in self._refused:
            self._learned.refuse_form(key, form)
        self._refused = []

    def read(self, text: str) -> str:
        """The reply's value alone, where it was asked for as a member of an object."""
        if not self._is_member or not self._left:
            return text
        value: Any = next(iter(candidates(text)), None)
        if not isinstance(value, dict) or cast("dict[str, Any]", value).keys() != {MEMBER}:
            return text
        return json.dumps(value[MEMBER], ensure_ascii=False)


def says_form(sampling: Mapping[str, Any]) -> bool:
    """Whether the caller's own ``samplingArgs``, in snake_case, say in what form a reply comes."""
    held = [sampling.get(name) for name in HOLDERS]
    names = [*sampling, *(name for inner in held if isinstance(inner, Mapping) for name in cast("Schema", inner))]
    return not NAMES.isdisjoint(names)


def most_form_bytes(schema: Schema | None) -> int:
    """How much longer a prompt can be for the model by its form: providers put the schema, and words, before it."""
    return 0 if schema is None else len(json.dumps(schema, ensure_ascii=False).encode("utf-8", "replace")) + 512


def _scope(said: str) -> Scope:
    if re.search(ABOUT_REPLY, said):
        return "reply"
    return "schema" if re.search(ABOUT_SCHEMA, said) and not re.search(NO_SCHEMA, said) else "model"


def _told(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The form and the prompt say the same, so that any server's model may follow either."""
    line = f'Give that value as the only member of a JSON object: {{"{MEMBER}": …}}'
    last = messages[-1]
    if last.get("role") == "user" and isinstance(last.get("content"), str):
        return [*messages[:-1], {**last, "content": f"{last['content']}\n\n{line}"}]
    return [*messages, {"role": "user", "content": line}]


def _digest(schema: Schema) -> str:
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode("utf-8", "replace")).hexdigest()
