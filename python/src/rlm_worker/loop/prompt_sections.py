"""What the system prompt of a node says beside the official text: one section for each feature that the run uses."""

from __future__ import annotations

import json
from collections.abc import Callable

from .._generated.messages import RunSpec
from .scope import IN_PROCESS_ENVIRONMENTS

Section = Callable[[RunSpec], str | None]
"""The text of a feature, without blank lines around it; None when the run does not use it."""


def sections(spec: RunSpec, depth: int) -> str:
    """All of them, to be appended to the official system prompt; "" when no feature is used."""
    used = EVERY_NODE if depth > 0 else (*ROOT_ONLY, *EVERY_NODE)
    texts = (section(spec) for section in used)
    return "".join(f"\n\n{text}" for text in texts if text is not None)


def answer_shape(spec: RunSpec) -> str | None:
    schema = spec.answer.schema_
    if schema is None:
        return None
    return (
        "Your final answer must be a value that fits this JSON Schema:\n\n"
        f"```json\n{json.dumps(schema, ensure_ascii=False, indent=2)}\n```\n\n"
        'Set `answer["content"]` to that value (a dict, list, str, number or bool) or to its JSON text ("null" for '
        'null), with no words around it. It is checked when you set `answer["ready"]`; if it does not fit, you are '
        "told what is wrong and give it again."
    )


def required_coverage(spec: RunSpec) -> str | None:
    fraction = spec.answer.require_coverage
    if fraction is None:
        return None
    return (
        f"Your final answer is taken only when a model has read at least {fraction * 100:g}% of the characters of "
        "`context`: when they were part, verbatim, of the prompt of a sub-call, or of output that you printed and were "
        "shown. Slices count, whatever is written around them; text that is reworded, re-wrapped or only searched by "
        "code does not. If too little was read, you are told which parts are unread, and go on."
    )


def typed_sub_calls(spec: RunSpec) -> str | None:
    used = spec.answer.typed_sub_calls and spec.environment in IN_PROCESS_ENVIRONMENTS
    return TYPED_SUB_CALLS if used else None


TYPED_SUB_CALLS = """\
`llm_query`, `llm_query_batched`, `rlm_query` and `rlm_query_batched` also take `schema=`, a JSON Schema (a dict) for \
the reply. You then get values (dict, list, str, int, float, bool or None) instead of texts to parse:

```repl
fact = {"type": "object", "properties": {"year": {"type": "integer"}, "event": {"type": "string"}}}
facts = llm_query_batched(prompts, schema={"type": "array", "items": fact})
found = [one for reply in facts if isinstance(reply, list) for one in reply]
```

The schema is added to each prompt for you. A reply that does not fit it is handed back once to be corrected, which \
costs one more sub-call. If that fails too, you get a text that starts with "Error:" in place of the value."""


ROOT_ONLY: tuple[Section, ...] = (answer_shape, required_coverage)
EVERY_NODE: tuple[Section, ...] = (typed_sub_calls,)
