"""The root's part: probe the context, read passages by sub-calls, answer. All work is in the REPL code it writes.

It reads only its messages, in the official format (``rlm/utils/prompts.py``): "Answer the following: ...", "Turn 2/9:".
"""

from __future__ import annotations

import inspect
import re

from . import passages, quotes, relevance

Turns = list[tuple[str, str]]

TURN = re.compile(r"^Turn (\d+)/(\d+):", re.M)
QUESTION = re.compile(r"Answer the following: (.*?)\n\nYour context is a ", re.S)
CONTEXTS = re.compile(r"Note: You have (\d+) contexts available")
DONE = re.compile(r"offline step (\d+) done")
SUMMARIZE = "Summarize your progress so far"
CONCLUDE = "Please provide a final answer"
NO_ANSWER = "No answer was found within the iterations allowed."

PROBE = """\
docs = list({context}) if isinstance({context}, dict) else {context}
print("type:", type({context}).__name__, "| length:", len({context}))
print("begins:", repr(docs[:200] if isinstance(docs, str) else docs[:5])[:400])
print("offline step", 1, "done")"""

READ = """\
question = {question} or question_in(as_text({context}))
docs = documents({context})
passages, weights = select(docs, question)
sent = {{(p.name, p.first) for p in passages}}
replies = llm_query_batched(pack(question, passages)) if passages else []
print(len(passages), "passages of", len({{p.name for p in passages}}), "documents read in", len(replies), "sub-calls")
print("offline step", 2, "done")"""

WIDEN = """\
passages, weights = select(docs, question, sent)
sent |= {{(p.name, p.first) for p in passages}}
replies += llm_query_batched(pack(question, passages)) if passages else []
print(len(passages), "more passages read")
print("offline step", {step}, "done")"""

ANSWER = """\
answer["content"] = compose(question, replies, weights)
print("Answer:", answer["content"][:2000])
answer["ready"] = True
print("offline step", 3, "done")"""


def is_root_conversation(turns: Turns) -> bool:
    """A root is told its turn in a message of its own; a sub model gets one prompt."""
    return len(turns) > 1 and any(role == "user" and TURN.search(text) for role, text in turns)


def root_reply(turns: Turns) -> str:
    """The next step: prose and one code block, or plain text when the loop asks for a summary or a last word."""
    last = turns[-1][1]
    done = max((int(n) for role, text in turns if role != "system" for n in DONE.findall(text)), default=0)
    if last.startswith(CONCLUDE):
        return _last_answer(turns)
    if last.startswith(SUMMARIZE):
        return f"The program finished these steps: offline step {done} done. Next comes step {done + 1}."
    return _step(done, _is_last_turn(turns), _names(turns), again=_failed(turns, done))


def _step(done: int, last_turn: bool, names: dict[str, str], *, again: bool) -> str:
    read = f"{_library()}\n\n{READ.format(**names)}"
    if last_turn or again:
        return _said("I read the passages that share the question's words, and answer.", read, ANSWER)
    if done == 0:
        return _said("I look at the context first.", PROBE.format(**names))
    if done == 1:
        return _said(
            "I select the passages that share the question's rarer words, and ask sub-calls to quote from them.", read
        )
    if done == 2:
        return _said("I rank what the sub-calls quoted, and answer with the best.", ANSWER)
    return _said("I read further passages, and answer again.", WIDEN.format(step=done + 1), ANSWER)


def _library() -> str:
    """The search as one program: what its files import of one another is defined above."""
    sources = [inspect.getsource(module) for module in (relevance, passages, quotes)]
    return "\n\n".join(re.sub(r"(?m)^from \.\w+ import (?:\([^)]*\)|.*)\n", "", source).strip() for source in sources)


def _said(prose: str, *code: str) -> str:
    block = "\n\n".join(code)
    return f"{prose}\n\n```repl\n{block}\n```"


def _names(turns: Turns) -> dict[str, str]:
    """What the code calls things: the question as a literal, and the newest of the session's contexts."""
    users = "\n".join(text for role, text in turns if role == "user")
    asked = QUESTION.search(users)
    contexts = CONTEXTS.search(turns[-1][1])
    return {
        "question": repr(asked.group(1)) if asked else "None",
        "context": f"context_{int(contexts.group(1)) - 1}" if contexts else "context",
    }


def _is_last_turn(turns: Turns) -> bool:
    counted = [match for role, text in turns if role == "user" for match in TURN.finditer(text)]
    return counted[-1].group(1) == counted[-1].group(2) if counted else False


def _failed(turns: Turns, done: int) -> bool:
    """The last code block did not reach its end, as when the interpreter died and lost the program's variables."""
    blocks = [index for index, (role, text) in enumerate(turns) if role == "assistant" and "```repl" in text]
    return done > 0 and bool(blocks) and not any(DONE.search(text) for _, text in turns[blocks[-1] + 1 :])


def _last_answer(turns: Turns) -> str:
    printed = [text.partition("Answer:")[2] for role, text in turns if role == "user" and "Answer:" in text]
    return printed[-1].partition("offline step")[0].strip() if printed else NO_ANSWER
