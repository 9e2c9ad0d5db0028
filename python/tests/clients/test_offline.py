from __future__ import annotations

import ast
import io
import os
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from traceback import print_exc
from typing import Any, NamedTuple

import pytest
from rlm.core.types import QueryMetadata
from rlm.utils.parsing import find_code_blocks
from rlm.utils.prompts import RLM_SYSTEM_PROMPT, build_rlm_system_prompt, build_user_prompt

from rlm_worker._generated.messages import AnswerSpec, RunSpec
from rlm_worker.clients.offline_model import reply as offline
from rlm_worker.clients.offline_model.passages import PROMPT_CHARS
from rlm_worker.clients.offline_model.root_model import NO_ANSWER
from rlm_worker.clients.offline_model.sub_model import NOTHING
from rlm_worker.direct.prompt import Text, prompt_of

DIRECT: dict[str, Any] = {
    "query": "Who signed the treaty?",
    "system_prompt": None,
    "answer": AnswerSpec.model_construct(schema_=None),
}


def ask(prompt: str) -> str:
    return offline.reply_to([{"role": "user", "content": prompt}])


@dataclass
class Conversation:
    """The official loop's messages around a REPL that is a plain namespace."""

    context: Any
    question: str | None
    max_iterations: int = 20
    sub_model: Callable[[str], str] = ask
    prompts: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        metadata = QueryMetadata(self.context)
        self.messages: list[dict[str, Any]] = build_rlm_system_prompt(
            RLM_SYSTEM_PROMPT, metadata, root_prompt=self.question
        )
        self.turns = 0
        self.restart_repl()

    def restart_repl(self) -> None:
        answer = {"content": "", "ready": False}
        self.repl: dict[str, Any] = {"context": self.context, "answer": answer, "llm_query_batched": self.batch}

    def batch(self, prompts: list[str]) -> list[str]:
        self.prompts += prompts
        return [self.sub_model(prompt) for prompt in prompts]

    def turn(self) -> None:
        self.messages.append(build_user_prompt(self.question, self.turns, max_iterations=self.max_iterations))
        self.turns += 1
        response = offline.reply_to(self.messages)
        (block,) = find_code_blocks(response)
        output = io.StringIO()
        with redirect_stdout(output), redirect_stderr(output):
            try:
                exec(block, self.repl)
            except Exception:
                print_exc()
        self.blocks.append(block)
        self.messages.append({"role": "assistant", "content": response})
        self.messages.append({"role": "user", "content": f"REPL output:\n{output.getvalue()}"})

    @property
    def answer(self) -> str | None:
        return self.repl["answer"]["content"] if self.repl["answer"]["ready"] else None

    def run(self) -> str:
        while self.answer is None and self.turns < self.max_iterations:
            self.turn()
        assert self.answer is not None
        return self.answer


@cache
def standard_library() -> dict[str, str]:
    """Sources of the standard library, without its tests: over 10 MB in some 600 files."""
    root = Path(os.__file__).parent
    files = [path.relative_to(root) for path in sorted(root.rglob("*.py"))]
    wanted = [file for file in files if not {"test", "tests", "idlelib", "site-packages"} & set(file.parts)]
    return {file.as_posix(): (root / file).read_text("utf-8", "replace") for file in wanted}


class Answered(NamedTuple):
    """``conversation`` is for the one test that goes on with it."""

    answer: str
    turns: int
    prompts: tuple[str, ...]
    messages: tuple[dict[str, Any], ...]
    conversation: Conversation


@cache
def asked_of_the_library(question: str) -> Answered:
    """Once for all tests of it: ten megabytes are read for every question."""
    conversation = Conversation(standard_library(), question)
    answer = conversation.run()
    return Answered(answer, conversation.turns, tuple(conversation.prompts), tuple(conversation.messages), conversation)


def test_a_direct_prompt_is_answered_from_its_documents() -> None:
    texts = [
        Text("weather.md", "Does it rain?\nThe wind came from the west.\n"),
        Text('the "treaty".md', "# Treaty\n\nThe treaty was signed by Ada Lovelace.\n\nIt rained.\n"),
    ]
    said = offline.reply_to(prompt_of(RunSpec.model_construct(**DIRECT), texts))
    assert said.startswith('The treaty was signed by Ada Lovelace. (the "treaty".md, line 3)')


QUESTIONS = [
    (
        "Which function computes a close-match list of similar strings, and what is its default cutoff?",
        "difflib.py",
        "def get_close_matches(word, possibilities, n=3, cutoff=0.6)",
    ),
    (
        "What is the maximum number of worker threads of a ThreadPoolExecutor?",
        "concurrent/futures/thread.py",
        "max_workers",
    ),
    ("How does textwrap shorten text to a width?", "textwrap.py", "def shorten(text, width"),
    (
        "What is raised when a priority queue is full and put_nowait is called?",
        "queue.py",
        "Otherwise raise the Full exception",
    ),
    ("What does the csv Sniffer look at to find the delimiter?", "csv.py", "Sniff"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("question", "document", "quoted"), QUESTIONS, ids=[q[1] for q in QUESTIONS])
def test_it_finds_a_passage_in_ten_megabytes(question: str, document: str, quoted: str) -> None:
    answer, turns, prompts, *_ = asked_of_the_library(question)
    assert re.match(rf".+ \({re.escape(document)}, line \d+\)\n\n{re.escape(document)}, lines \d+-\d+:\n", answer)
    assert quoted in answer
    assert turns == 3
    assert 0 < len(prompts) <= 8


def test_line_numbers_are_those_of_the_document() -> None:
    question, document, quoted = QUESTIONS[0]
    answer = asked_of_the_library(question).answer
    (number,) = re.findall(r", line (\d+)\)", answer)
    assert quoted in standard_library()[document].split("\n")[int(number) - 1]


def test_it_says_the_same_twice() -> None:
    question = QUESTIONS[1][0]
    again = Conversation(standard_library(), question)
    assert again.run() == asked_of_the_library(question).answer
    assert again.messages == list(asked_of_the_library(question).messages)


NEEDLE = "The vault code of Captain Mirelle is 90417."
HAY = [f"Entry {i}: the harbour log of day {i} notes calm seas and {i % 7} ships." for i in range(30_000)]


@pytest.mark.parametrize(
    "context",
    [
        "\n".join([*HAY[:9_000], NEEDLE, *HAY[9_000:]]),
        " ".join([*HAY[:9_000], NEEDLE, *HAY[9_000:]]),
        ["\n".join(HAY[:9_000]), NEEDLE, "\n".join(HAY[9_000:])],
        [{"role": "user", "content": line} for line in [*HAY[:3_000], NEEDLE]],
        {"log.txt": "\n".join(HAY), "secret/note.txt": NEEDLE},
        {"rows": {"hay": HAY[:50], "needle": NEEDLE}},
    ],
    ids=["lines", "one line", "list", "messages", "dict", "json"],
)
def test_it_finds_a_needle_in_every_kind_of_context(context: Any) -> None:
    assert NEEDLE in Conversation(context, "What is the vault code of Captain Mirelle?").run()


def test_a_small_context_is_read_whole_in_fat_prompts() -> None:
    context = "\n".join(HAY[:4_000])
    conversation = Conversation(context, "How many ships were there on day 17?")
    conversation.run()
    read = "".join("\n".join(prompt.split(" ===\n", 1)[1:]) for prompt in conversation.prompts)
    assert all(line in read for line in HAY[:4_000])
    assert len(conversation.prompts) <= len(context) // PROMPT_CHARS * 2 + 1
    assert max(map(len, conversation.prompts)) < PROMPT_CHARS + 1_000


@pytest.mark.slow
def test_an_answer_that_is_refused_is_followed_by_more_reading() -> None:
    answered = asked_of_the_library(QUESTIONS[0][0])
    first, conversation = set(answered.prompts), answered.conversation
    conversation.repl["answer"]["ready"] = False
    conversation.turn()
    more = [prompt for prompt in conversation.prompts if prompt not in first]
    headers = re.compile(r"^=== .+ ===$", re.M)
    assert more and conversation.answer
    assert not set(headers.findall("".join(first))) & set(headers.findall("".join(more)))


def test_with_one_turn_left_it_answers_at_once() -> None:
    conversation = Conversation({"note": NEEDLE}, "What is the vault code?", max_iterations=1)
    assert NEEDLE in conversation.run()


def test_an_interpreter_that_lost_its_variables_is_no_end() -> None:
    conversation = Conversation({"note": NEEDLE}, "What is the vault code?")
    conversation.turn()
    conversation.turn()
    conversation.restart_repl()
    assert NEEDLE in conversation.run()
    assert conversation.turns == 4


def test_failed_sub_calls_are_no_answer() -> None:
    conversation = Conversation({"n": NEEDLE}, "What is the vault code?", sub_model=lambda _: "Error: rate limited")
    assert conversation.run() == "No passage of the context answers the question. Error: rate limited"


def test_nothing_in_common_is_no_answer() -> None:
    answer = Conversation({"note": NEEDLE}, "Quels animaux habitent cette forêt?").run()
    assert answer == "No passage of the context answers the question."


def test_a_child_finds_its_question_in_its_context() -> None:
    context = f"Question: What is the vault code?\n\n{HAY[0]}\n{NEEDLE}\n{HAY[1]}"
    assert NEEDLE in Conversation(context, None).run()


def test_a_prompt_of_someone_else_is_answered_too() -> None:
    text = "\n".join([*HAY[:200], NEEDLE, *HAY[200:400]])
    assert NEEDLE in ask(f"Read this log.\n\n{text}\n\nWhat is the vault code of the captain?")
    assert ask(f"Task: translate zebra idioms\n\n{text}") == NOTHING


def test_a_compacted_conversation_goes_on_where_it_was() -> None:
    conversation = Conversation({"note": NEEDLE}, "What is the vault code?")
    conversation.turn()
    conversation.turn()
    request = {"role": "user", "content": "Summarize your progress so far. Include: 1. ..."}
    summary = offline.reply_to([*conversation.messages, request])
    compacted = {"role": "user", "content": "Your conversation has been compacted 1 time(s)."}
    conversation.messages = [*conversation.messages[:2], {"role": "assistant", "content": summary}, compacted]
    assert NEEDLE in conversation.run()
    assert conversation.turns == 3


@pytest.mark.parametrize("role", ["assistant", "user"])
def test_the_last_word_is_the_answer_printed_last(role: str) -> None:
    conversation = Conversation({"note": NEEDLE}, "What is the vault code?", max_iterations=3)
    last_word = {"role": role, "content": "Please provide a final answer to the user's question based on ..."}
    assert offline.reply_to([*conversation.messages, {"role": "user", "content": "Turn 1/3:"}, last_word]) == NO_ANSWER
    answer = conversation.run()
    assert offline.reply_to([*conversation.messages, last_word]) == answer


def test_the_newest_context_of_a_session_is_read() -> None:
    conversation = Conversation({"note": HAY[0]}, "What is the vault code?", max_iterations=1)
    conversation.messages.append(build_user_prompt(None, 0, context_count=2, max_iterations=1))
    (block,) = find_code_blocks(offline.reply_to(conversation.messages))
    exec(block, {**conversation.repl, "context_1": {"note": NEEDLE}})
    assert NEEDLE in conversation.repl["answer"]["content"]


def test_the_code_it_writes_runs_on_old_interpreters_without_us() -> None:
    conversation = Conversation({"note": NEEDLE}, "What is the vault code?")
    conversation.run()
    for block in conversation.blocks:
        tree = ast.parse(block, feature_version=(3, 9))
        imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert imports | froms <= {"math", "re", "json", "collections.abc", "typing"}
