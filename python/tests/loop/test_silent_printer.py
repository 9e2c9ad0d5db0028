"""What the official library prints to terminals is left out of workers, and nothing asks for it."""

from __future__ import annotations

import inspect
import re

import pytest
import rlm.core.rlm
from worker_harness import Worker

from rlm_worker.silent_printer import VerbosePrinter


def test_the_official_loop_tells_its_printer_things_and_asks_it_nothing() -> None:
    source = inspect.getsource(rlm.core.rlm)
    told = re.findall(r"^ +self\.verbose\.(\w+)\(", source, re.MULTILINE)
    assert len(told) == source.count("self.verbose") - 1, "and it is made once"
    printer = VerbosePrinter(enabled=False)
    for name in told:
        getattr(printer, name)("anything", count=1)


def test_one_that_is_to_print_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="no terminal"):
        VerbosePrinter()


@pytest.mark.slow
def test_what_a_run_imports_has_nothing_to_paint_with() -> None:
    with Worker(changes="import sys; assert 'rlm.core.rlm' in sys.modules and 'rich' not in sys.modules") as worker:
        worker.wait_type("worker.ready")
