"""What code prints, however it prints: all of it captured, in order, capped while it comes, live."""

from __future__ import annotations

import threading
from typing import Any

from repl_harness import Bench, MakeBench


def test_everything_that_writes_to_the_descriptors_is_captured(run: Bench) -> None:
    code = """
import ctypes, os, subprocess, sys, threading
print('print', flush=True)
os.write(1, b'descriptor\\n')
sys.__stdout__.write('dunder\\n'); sys.__stdout__.flush()
subprocess.run([sys.executable, '-c', "print('child')"])
os.system('echo shell')
t = threading.Thread(target=print, args=('thread',)); t.start(); t.join(); sys.stdout.flush()
libc = ctypes.CDLL(None); libc.puts(b'C'); libc.fflush(None)
sys.stderr.write('warned\\n')
os.write(2, b'low\\n')
"""
    result = run(code)
    assert result.stdout == "print\ndescriptor\ndunder\nchild\nshell\nthread\nC\n"
    assert result.stderr == "warned\nlow\n"
    assert result.status == "ok"


def test_bytes_and_surrogates_are_shown_safely(run: Bench) -> None:
    result = run("import os\nos.write(1, b'\\xff\\xc3')\nprint('\\ud800 \\U0001f600')\nos.write(1, '😀'.encode()[:2])")
    assert result.stdout == "\ufffd\ufffd\\ud800 \U0001f600\n\ufffd"
    assert run("print('clean')").stdout == "clean\n"


def test_output_that_looks_like_the_protocol_is_output(run: Bench) -> None:
    result = run("import os\nos.write(1, b'J\\x00\\x00\\x00\\x02{}')\nprint('{\"type\": \"done\"}')")
    assert result.stdout == 'J\0\0\0\2{}{"type": "done"}\n'


def test_a_thread_that_prints_late_is_heard_in_the_next_code_block(run: Bench) -> None:
    run("import threading\ngo = threading.Event()")
    first = run("t = threading.Thread(target=lambda: (go.wait(), print('late')))\nt.start()")
    assert first.stdout == ""
    assert run("go.set(); t.join()").stdout == "late\n"


def test_fifty_megabytes_are_capped_and_counted(run: Bench) -> None:
    result = run("for _ in range(50): print('x' * 999_999)")
    assert result.status == "ok"
    assert result.stdout[:10] == "x" * 10
    assert result.stdout[1_000_000:] == "\n... [49000000 more bytes were printed and dropped]"
    assert run("print('after')").stdout == "after\n"


def test_the_cap_is_per_stream_and_never_below_what_the_model_is_shown(make_forked: MakeBench) -> None:
    run = make_forked(max_output_chars=1_500_000)
    result = run("import sys\nprint('é' * 1_500_000, end='')\nsys.stderr.write('y' * 1_500_000)")
    assert (result.stdout, result.stderr) == ("é" * 1_500_000, "y" * 1_500_000)


def test_output_is_live(run: Bench) -> None:
    code = "print('first')\nprint(llm_query('wait'))"
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run(code)))
    thread.start()
    assert run.recorder.first_output.wait(30)
    assert run.recorder.live("stdout") == "first\n"
    run.router.release()
    thread.join(30)
    assert results[0].stdout == run.recorder.live("stdout") == "first\necho:wait\n"


def test_live_output_comes_in_few_pieces(run: Bench) -> None:
    run("for i in range(100_000): print(i)")
    assert len(run.recorder.outputs) < 200
    assert run.recorder.live("stdout") == "".join(f"{i}\n" for i in range(100_000))


def test_a_stream_the_code_closed_is_back_for_the_next_code_block(run: Bench) -> None:
    run("import os, sys\nos.close(1)\nsys.stdout = sys.stderr = None")
    assert run("print('back')").stdout == "back\n"
    run("import sys; sys.stdout.close()")
    assert run("print('back')").stdout == "back\n"
