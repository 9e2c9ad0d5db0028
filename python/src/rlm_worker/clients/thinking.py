"""What a model thinks aloud, taken out of what it says: servers without a parser for it leave it in the text.

Thinking is a part between tags outside a code block, or everything before a closing tag whose opening one the chat
template wrote. One that begins a line and has no end goes on to the end. Tags in quotes or a code block are the text's.
"""

from __future__ import annotations

import re

NAMES = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|seed:think"

PAIRS: tuple[tuple[str, str], ...] = (
    (rf"<(?:{NAMES})>", rf"</(?:{NAMES})>"),
    (r"\[THINK\]", r"\[/THINK\]"),  # Magistral
    (r"◁think▷", r"◁/think▷"),  # Kimi
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),  # OpenThinker
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),  # Command
    (r"<\|channel\|>analysis<\|message\|>", r"<\|end\|>(?:<\|start\|>assistant)?(?:<\|channel\|>final<\|message\|>)?"),
)
"""How thinking begins and ends, by the models that write it."""

MARKS = ("<", "[", "◁")
"""One of them begins every tag."""

WORDS = ("think", "thought", "reasoning", "reflection", "scratchpad", "analysis")
"""And one of them is in every tag that begins thinking, or ends what a chat template had opened."""

UNQUOTED = r"(?i)(?<![\"'\\])(?<!(?<!`)`)"
OPENING = UNQUOTED + "(?:" + "|".join(f"({opening})" for opening, _ in PAIRS) + ")"
CLOSING = [UNQUOTED + closing for _, closing in PAIRS]
"""Compiled where they are first looked for, and kept by ``re``."""

ENDS_LINE = re.compile(r"[ \t\r]*(?:\n|\Z)")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def without_thinking(text: str) -> str:
    """``text`` without the thinking in it, nor the blanks that this leaves at its beginning; mostly ``text`` itself."""
    if not _may_have_tags(text):
        return text
    at, end, fence = _after_unopened(text), 0, ""
    said: list[str] = []
    endless: set[int] = set()
    while at < len(text):
        end = end if at < end else text.find("\n", at) + 1 or len(text)
        begun, after = (end, end) if fence else _thought(text, at, end, endless)
        said.append(text[at:begun])
        fence = _fence_after(text[at:begun], fence)
        at = after
    left = "".join(said)
    return text if len(left) == len(text) else left.lstrip()


def _may_have_tags(text: str) -> bool:
    """Most texts have none, and to look for each kind takes a hundred times as long."""
    if not any(mark in text for mark in MARKS):
        return False
    if not text.isascii():  # where letters are the same as others in more ways than by their case
        return True
    lower = text.lower()
    return any(word in lower for word in WORDS)


def _thought(text: str, at: int, end: int, endless: set[int]) -> tuple[int, int]:
    """Where the thinking of a line begins, and where it ends; the line's end twice where there is none.

    Args:
        endless: the pairs whose closing tag does not come any more.
    """
    opening = re.compile(OPENING).search(text, at, end)
    if opening is None:
        return end, end
    pair = (opening.lastindex or 1) - 1
    closing = None if pair in endless else re.compile(CLOSING[pair]).search(text, opening.end())
    if closing is not None:
        return opening.start(), closing.end()
    endless.add(pair)
    begins_line = not text[at : opening.start()].strip()
    return (opening.start(), len(text)) if begins_line else (end, end)


def _after_unopened(text: str) -> int:
    """Where the text begins behind thinking that the chat template had opened; 0 for any other text."""
    opening, code = re.search(OPENING, text), text.find("```")
    for closing in re.compile(CLOSING[0]).finditer(text, 0, opening.start() if opening else len(text)):
        # In the middle of a line behind the beginning of code, it may be the code's own.
        if ENDS_LINE.match(text, closing.end()) or not 0 <= code < closing.start():
            return closing.end()
    return 0


def _fence_after(line: str, fence: str) -> str:
    """The mark of the code block that goes on after a line, "" outside of one."""
    mark = FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) and not line[mark.end() :].strip() else fence
