"""What a model is told of fenced blocks of which nothing was run, and what it thinks aloud."""

from __future__ import annotations

import pytest
from rlm.utils.parsing import find_code_blocks

from rlm_worker.clients.thinking import MARKS, NAMES, PAIRS, WORDS, without_thinking
from rlm_worker.loop.unrun_code import unrun_note


@pytest.mark.parametrize(
    ("response", "why"),
    [
        ("```python\nprint(1)\n```", 'the tag "python"'),
        ("```js\nlet a\n```", 'the tag "js"'),
        ("```\nprint(1)\n```", "no tag"),
        ("  ```repl\n  print(1)\n  ```", "indented"),
        ("~~~repl\nprint(1)\n~~~", "begins with ~~~"),
        ("```repl\nprint(1)", "never closed"),
        ("```repl\n```", "empty"),
    ],
)
def test_a_fenced_block_of_which_nothing_was_run_is_said_why(response: str, why: str) -> None:
    assert find_code_blocks(response) == []
    said = unrun_note(response, 0)
    assert said is not None and why in said and "```repl" in said and "\n" not in said


def test_an_inner_fence_that_cut_the_code_is_said() -> None:
    response = '```repl\nprompt = """\n```json\n{}\n```\n"""\nprint(prompt)\n```'
    assert find_code_blocks(response) == ['prompt = """']
    assert "may have been cut" in (unrun_note(response, 1) or "")
    never_closed = "```repl\nprint(1)\n```\nthen\n```repl\nprint(2)"
    assert "never closed" in (unrun_note(never_closed, 1) or "")


@pytest.mark.parametrize(
    "response",
    [
        "No code at all.",
        "```repl\nprint(1)\n```",
        "```repl\n1\n```\nand\n```repl\n2\n```",
        "```repl\n1\n```\n```json\n{}\n```",
    ],
)
def test_nothing_is_said_of_code_that_ran(response: str) -> None:
    assert unrun_note(response, len(find_code_blocks(response))) is None


THINKING = "Let me try.\n```repl\nanswer['ready'] = True\n```\n"
SAID = "```repl\nprint(1)\n```"


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>{THINKING}</think>\n\n{SAID}",
        f"<thinking>\n{THINKING}</thinking>{SAID}",
        f"{THINKING}</think>\n\n{SAID}",
        f"[THINK]{THINKING}[/THINK]{SAID}",
        f"◁think▷{THINKING}◁/think▷{SAID}",
        f"<think>one</think>\n<think>{THINKING}</think>\n{SAID}",
        f"<|channel|>analysis<|message|>{THINKING}<|end|><|start|>assistant<|channel|>final<|message|>{SAID}",
        f"<think>{THINKING}",
    ],
)
def test_code_inside_of_thinking_is_not_run(reply: str) -> None:
    assert find_code_blocks(without_thinking(reply)) == ([] if reply.endswith(THINKING) else ["print(1)"])


@pytest.mark.parametrize(
    "text",
    [
        "The tags `<think>` and `</think>` are the text's own.",
        "```repl\nprint(reply.split('</think>')[-1])\n```",
        '```repl\ntext = """\n<think>\n"""\n```',
        "a <think> b",
        "",
    ],
)
def test_tags_of_the_text_itself_stay(text: str) -> None:
    assert without_thinking(text) == text


def test_every_tag_of_thinking_begins_with_a_mark_that_is_looked_for_first() -> None:
    tags = [tag.lstrip("\\") for pair in PAIRS for tag in pair]
    assert {tag[0] for tag in tags} == set(MARKS)
    looked_for = [*NAMES.split("|"), *(opening.lower() for opening, _ in PAIRS[1:])]
    assert all(any(word in tag for word in WORDS) for tag in looked_for)
