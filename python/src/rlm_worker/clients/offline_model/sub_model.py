"""The sub model's part: from a question with passages, the lines that share most of the question's words."""

from __future__ import annotations

from .passages import Passage, question_in
from .quotes import best_quotes, passages_in, written

NOTHING = "Nothing in this text answers the question."


def sub_reply(prompt: str) -> str:
    """The best quotes of the prompt's passages, with score, document and lines; a prompt without passages is one."""
    question = question_in(prompt)
    passages = passages_in(prompt) or [_whole(prompt, question)]
    return written(best_quotes(question, passages)) or NOTHING


def _whole(prompt: str, question: str) -> Passage:
    """The prompt, its question blanked: that would be its own best answer."""
    text = prompt.replace(question, "", 1) if len(prompt) > len(question) + 50 else prompt
    return Passage("prompt", 1, text.count("\n") + 1, text)
