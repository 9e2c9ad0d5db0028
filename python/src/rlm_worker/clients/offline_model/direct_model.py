"""The part of a model that gets the whole context in its prompt, in the format of ``direct_prompt.py``."""

from __future__ import annotations

import json
import re

from .passages import Document, pack, select
from .quotes import compose
from .root_model import Turns
from .sub_model import sub_reply

QUESTION = "Answer the following: "
DOCUMENT = re.compile(r"^<document(?: name=(\"[^\n]*\"))?>\n(.*?)\n</document>(?=\n\n<document|\Z)", re.M | re.S)


def is_direct_conversation(turns: Turns) -> bool:
    """A direct prompt is the system's, the documents, and the query, two user messages in a row."""
    return len(turns) > 2 and turns[1][1].startswith("<document") and turns[2][1].startswith(QUESTION)


def direct_reply(turns: Turns) -> str:
    """The same search as the root's, over the documents of the prompt."""
    question = turns[2][1].removeprefix(QUESTION)
    passages, weights = select(_documents(turns[1][1]), question)
    return compose(question, [sub_reply(prompt) for prompt in pack(question, passages)], weights)


def _documents(prompt: str) -> list[Document]:
    return [(json.loads(name) if name else "context", text) for name, text in DOCUMENT.findall(prompt)]
