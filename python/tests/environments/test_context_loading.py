"""Every context arrives byte for byte, is counted as the official library counts, and costs the worker nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from needs import IMAGE
from repl_harness import MakeBench
from rlm.core.types import QueryMetadata

from rlm_worker._generated.messages import ContextFile, FilesContext, JsonContext, TextContext
from rlm_worker.context import open_context
from rlm_worker.environments.loader import WINDOW_BYTES
from rlm_worker.errors import ContextFailure, EnvironmentFailure

pytestmark = pytest.mark.slow

TEXTS = {
    "empty": "",
    "one character": "x",
    "line ends": "a\r\nb\rc\nd\u2028e\x85f\x0bg",
    "NUL and controls": "a\0b\x01\x1b[31m\x7f",
    "emoji and astral": "😀👩\u200d👩\u200d👧\U0001d518\U0010ffff",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "BOM": "\ufeffstart",
    "chunk borders": "é" * 200_000 + "😀" * 100_000,
}
JSON = {
    "list of texts": ["a\r\n", "é😀", ""],
    "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": [1, 2]}],
    "objects": [{"a": 1, "é": None}, {"b": [True, 1.5]}],
    "lists": [["a", "b"], ["c"]],
    "dict": {"k": "v\0", "n": 5, "deep": {"x": [1, {"y": "é"}]}},
    "empty list": [],
    "empty dict": {},
}

OF_THIS_FILE = {"context_payload": ""}
"""A REPL whose contexts these tests may change."""


def write(folder: Path, data: bytes) -> str:
    path = folder / "context"
    path.write_bytes(data)
    return str(path)


def shown(run: Any, expression: str) -> str:
    return run(f"print({expression})").stdout.removesuffix("\n")


def test_texts(lend: MakeBench, tmp_path: Path) -> None:
    run = lend(OF_THIS_FILE)
    for index, text in enumerate(TEXTS.values()):
        data = text.encode()
        handle = open_context(TextContext(path=write(tmp_path, data)))
        run.repl.add_context(handle, index)
        sha256 = hashlib.sha256(data).hexdigest()
        assert run.recorder.contexts[-1] == ("str", len(text), len(data), sha256)
        assert shown(run, f"__import__('hashlib').sha256(context_{index}.encode()).hexdigest()") == sha256
        metadata = QueryMetadata(handle)
        assert (metadata.context_type, metadata.context_total_length) == ("str", len(text))


def test_json(lend: MakeBench, tmp_path: Path) -> None:
    run = lend(OF_THIS_FILE)
    for index, value in enumerate(JSON.values()):
        data = json.dumps(value, ensure_ascii=False).encode()
        handle = open_context(JsonContext(path=write(tmp_path, data)))
        run.repl.add_context(handle, index)
        official, ours = QueryMetadata(value), QueryMetadata(handle)
        assert ours.context_type == official.context_type
        assert ours.context_total_length == official.context_total_length
        told = (official.context_type, official.context_total_length, len(data), hashlib.sha256(data).hexdigest())
        assert run.recorder.contexts[-1] == told
        assert json.loads(shown(run, f"__import__('json').dumps(context_{index})")) == value


@pytest.mark.parametrize("value", [["a", 1], [1, 2], [{"content": "x"}, "s"]])
def test_json_that_the_official_metadata_crashes_on(make_forked: MakeBench, tmp_path: Path, value: Any) -> None:
    handle = open_context(JsonContext(path=write(tmp_path, json.dumps(value).encode())))
    run = make_forked(context_payload=handle)
    assert json.loads(shown(run, "__import__('json').dumps(context)")) == value
    assert QueryMetadata(handle).context_total_length == run.recorder.contexts[0][1] > 0


def test_files(lend: MakeBench, tmp_path: Path) -> None:
    files, sha256 = [], hashlib.sha256()
    for name, text in {"b.txt": "one\r\n", "dir/a.txt": "zwei😀", "empty": ""}.items():
        path = tmp_path / name.replace("/", "_")
        path.write_bytes(text.encode())
        files.append(ContextFile(name=name, path=str(path)))
        sha256.update(name.encode() + b"\0" + str(len(text.encode())).encode() + b"\0" + text.encode())
    handle = open_context(FilesContext(files=files))
    run = lend(OF_THIS_FILE)
    run.repl.load_context(handle)
    assert shown(run, "context") == "{'b.txt': 'one\\r\\n', 'dir/a.txt': 'zwei😀', 'empty': ''}"
    assert run.recorder.contexts[-1] == ("dict", 10, 13, sha256.hexdigest())
    assert QueryMetadata(handle).context_total_length == 10
    assert b"".join(chunk for _, chunk in handle.streamed.chunks()) == "one\r\nzwei😀".encode()


def test_official_payloads(lend: MakeBench) -> None:
    run = lend(OF_THIS_FILE)
    run.repl.load_context("a\r\nlone \ud800")
    run.repl.add_context(["x", {"y": 1}], 1)
    assert shown(run, "repr(context), context_1") == "'a\\r\\nlone \ufffd' ['x', {'y': 1}]"


def test_bytes_that_are_not_utf8_are_named_with_file_and_offset(make_forked: MakeBench, tmp_path: Path) -> None:
    for data, offset in ((b"abc\xff", 3), (b"\xed\xa0\x80", 0), ("é".encode() * 131_072 + b"\xc3", 262_144)):
        handle = open_context(TextContext(path=write(tmp_path, data)))
        with pytest.raises(ContextFailure, match=f"context: not UTF-8 at byte {offset} ") as failure:
            make_forked(context_payload=handle)
        assert failure.value.code == "context_not_utf8"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = TextContext(path=str(tmp_path / "missing"))
    for source, text in ((missing, "missing: No such file"), (TextContext(path=str(tmp_path)), "directory")):
        with pytest.raises(ContextFailure, match=text) as failure:
            open_context(source)
        assert failure.value.code == "context_unreadable"
    for data in (b'"text"', b"", b"12"):
        with pytest.raises(ContextFailure, match="must hold a list or an object"):
            open_context(JsonContext(path=write(tmp_path, data)))


def test_json_that_does_not_parse(make_forked: MakeBench, tmp_path: Path) -> None:
    handle = open_context(JsonContext(path=write(tmp_path, b'{"a": }')))
    with pytest.raises(ContextFailure, match="context: not JSON: Expecting value"):
        make_forked(context_payload=handle)


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    handle = open_context(TextContext(path=write(tmp_path, b"x" * 1_000_000)))
    chunks = handle.streamed.chunks()
    next(chunks)
    write(tmp_path, b"x" * 300_000)
    with pytest.raises(ContextFailure, match="changed while it was read"):
        list(chunks)


def test_a_context_larger_than_the_repl_is_a_typed_failure(make_forked: MakeBench, tmp_path: Path) -> None:
    with open(tmp_path / "context", "wb") as file:
        file.truncate(257 << 20)
    handle = open_context(TextContext(path=str(tmp_path / "context")))
    with pytest.raises(EnvironmentFailure, match="memoryMb") as failure:
        make_forked(options={"memoryMb": 256}, context_payload=handle)
    assert failure.value.code == "environment_died"


PEAK = r"""
import re
def peak():  # unlike ru_maxrss, not that of the process before exec
    return int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024
"""
MEASURE = f"""
import os, sys
from repl_harness import benches
from rlm_worker._generated.messages import TextContext
from rlm_worker.context import open_context
{PEAK}
def measure(kind, path):
    for make in benches(kind):
        small = make(context_payload='x')
        before = peak()
        run = make(context_payload=open_context(TextContext(path=path)))
        print(run("print(len(context), context[-3:-1])").stdout, end='')
        print(run.recorder.contexts[0][3])
        print(before, peak())
        in_repl = {"import hashlib  # as what hashes the large one does" + PEAK + "print(peak())"!r}
        print(small(in_repl).stdout.strip(), run(in_repl).stdout.strip(), flush=True)
for line in sys.stdin:
    if os.fork() == 0:
        measure(*line.split())
        os._exit(0)
    if os.wait()[1] != 0:
        sys.exit(1)
"""


@pytest.fixture(scope="module")
def measuring() -> Iterator[subprocess.Popen[str]]:
    """A process that has loaded what it takes, and measures each in a fork of it."""
    env = {"PYTHONPATH": ":".join(sys.path), "PATH": os.environ["PATH"], "RLM_SANDBOX_IMAGE": IMAGE}
    command = [sys.executable, "-c", MEASURE]
    with subprocess.Popen(command, text=True, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process


def test_fifty_megabytes_stream_through_the_worker(kind: str, measuring: subprocess.Popen[str], tmp_path: Path) -> None:
    piece = b"0123456789abcde\n" * 65_536
    sha256 = hashlib.sha256()
    with open(tmp_path / "context", "wb") as file:
        for _ in range(50):
            file.write(piece)
            sha256.update(piece)
    assert measuring.stdin is not None and measuring.stdout is not None
    measuring.stdin.write(f"{kind} {tmp_path / 'context'}\n")
    measuring.stdin.flush()
    length, hashed, memory, memory_of_repl = (measuring.stdout.readline() for _ in range(4))
    assert (length, hashed) == ("52428800 de\n", f"{sha256.hexdigest()}\n"), "it says why on stderr"
    before, peak = map(int, memory.split())
    assert peak - before < 12, f"the worker grew from {before} to {peak} MB"
    assert peak < 85
    small, large = map(int, memory_of_repl.split())
    under_way = WINDOW_BYTES >> 20  # as much may wait in a REPL that is slower than the worker
    assert large - small <= 55 + under_way, f"the REPL grew from {small} to {large} MB"


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ContextFailure, match="not a regular file"):
        open_context(TextContext(path=str(tmp_path / "pipe")))
