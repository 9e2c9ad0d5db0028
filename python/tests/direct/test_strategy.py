"""What is chosen, at the very edges of the threshold and of the window, and how little is read for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ledger_kit import provided

from rlm_worker._generated.messages import FilesContext, RunSpec
from rlm_worker.context import open_context
from rlm_worker.direct.strategy import COUNTED_BYTES, DIRECT_TOKENS, Choice, choose
from rlm_worker.errors import ContextFailure, RunError
from rlm_worker.ledger.prices import PriceBook

PRICES = PriceBook({})
GPT_4_ROOM = 8_192 - 256


def asked(strategy: str, **more: Any) -> RunSpec:
    return RunSpec.model_construct(strategy=strategy, tools=more.pop("tools", []), **more)


def chosen(tmp_path: Path, strategy: str, *texts: bytes, name: str = "unheard-of", **more: Any) -> Choice:
    files: list[dict[str, str]] = []
    for number, text in enumerate(texts):
        file = tmp_path / str(number)
        file.write_bytes(text)
        files.append({"name": str(number), "path": str(file)})
    handle = open_context(FilesContext.model_validate({"kind": "files", "files": files}))
    return choose(asked(strategy, **more), handle.streamed, provided(None, name), PRICES)


@pytest.mark.parametrize(
    ("words", "strategy"), [(0, "direct"), (1, "direct"), (DIRECT_TOKENS, "direct"), (DIRECT_TOKENS + 1, "recurse")]
)
def test_auto_at_the_threshold(tmp_path: Path, words: int, strategy: str) -> None:
    choice = chosen(tmp_path, "auto", b"word " * words)
    assert (choice.strategy, choice.context_tokens) == (strategy, words)
    assert f"{words:,} tokens, measured" in choice.reason


def test_documents_add_up(tmp_path: Path) -> None:
    half = b"word " * (DIRECT_TOKENS // 2)
    assert chosen(tmp_path, "auto", half, half).strategy == "direct"
    assert chosen(tmp_path, "auto", half, half, b"word").strategy == "recurse"


def test_what_is_too_long_by_its_size_is_not_read(tmp_path: Path) -> None:
    """The bytes are no UTF-8: reading any of them would fail."""
    choice = chosen(tmp_path, "auto", b"\xff" * (COUNTED_BYTES + 1))
    assert (choice.strategy, choice.context_tokens) == ("recurse", None)
    assert choice.reason == "1,048,577 bytes of context are more than 16,384 tokens; not counted"
    with pytest.raises(ContextFailure):
        chosen(tmp_path, "auto", b"\xff" * COUNTED_BYTES)
    with pytest.raises(RunError, match="does not fit"):
        chosen(tmp_path, "direct", b"\xff" * (GPT_4_ROOM * 64 + 1), name="gpt-4")


@pytest.mark.parametrize(("words", "strategy"), [(GPT_4_ROOM // 2, "direct"), (GPT_4_ROOM // 2 + 1, "recurse")])
def test_auto_fills_half_of_the_window_at_most(tmp_path: Path, words: int, strategy: str) -> None:
    assert chosen(tmp_path, "auto", b"word " * words, name="gpt-4").strategy == strategy


def test_direct_fills_the_window_and_no_more(tmp_path: Path) -> None:
    assert chosen(tmp_path, "direct", b"word " * GPT_4_ROOM, name="gpt-4") == Choice("direct", "asked for", GPT_4_ROOM)
    with pytest.raises(RunError, match="room for 7,936 tokens") as refused:
        chosen(tmp_path, "direct", b"word " * (GPT_4_ROOM + 1), name="gpt-4")
    assert refused.value.code == "context_too_long"


def test_direct_with_an_unknown_window_is_the_providers_to_refuse(tmp_path: Path) -> None:
    assert chosen(tmp_path, "direct", b"word " * 100_000).context_tokens == 100_000
    assert chosen(tmp_path, "direct", b"word " * 300_000) == Choice("direct", "asked for", None)


def test_recurse_reads_nothing(tmp_path: Path) -> None:
    assert chosen(tmp_path, "recurse", b"\xff") == Choice("recurse", "asked for", None)


def test_auto_with_tools_or_without_a_context(tmp_path: Path) -> None:
    assert chosen(tmp_path, "auto", b"short", tools=["a tool"]) == Choice("recurse", "tools need the REPL")
    choice = choose(asked("auto"), None, provided(None), PRICES)
    assert choice == Choice("recurse", "there is no new context to put into a prompt")


def test_characters_across_chunks_are_whole(tmp_path: Path) -> None:
    text = ("漢" * 90_000).encode()
    assert chosen(tmp_path, "auto", text).context_tokens == 90_000
