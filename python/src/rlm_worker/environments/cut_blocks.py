"""Code blocks that were cut off, or found their variables gone, once more: as the model was told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .block_result import BlockResult

if TYPE_CHECKING:
    from .._generated.messages import RecordedCut
    from .kernel_repl import KernelREPL

CUT_OFF = frozenset({"timed_out", "interpreter_died"})


def is_cut(result: BlockResult) -> bool:
    """Whether something happened to it that its code does not do by itself each time."""
    return result.status in CUT_OFF or result.lost_before


def run_again(repl: KernelREPL, code: str, cut: RecordedCut) -> BlockResult:
    """Loses the same variables, and says what was said then. Raises as ``KernelREPL.execute_code`` does."""
    if cut.lost_before:
        repl.lose_variables(is_told=False)
    if cut.status not in CUT_OFF:
        return repl.execute_code(code)
    draft = repl.answer_content
    repl.cut_offs.expect(True)
    try:
        result = repl.execute_code(code)
    finally:
        repl.cut_offs.expect(False)
    if cut.lost_within:
        repl.answer_content, result.locals = draft, {}
        if not result.lost_within:
            repl.lose_variables(is_told=True)
    result.status, result.stdout, result.stderr, result.final_answer = cut.status, cut.stdout, cut.stderr, None
    return result
