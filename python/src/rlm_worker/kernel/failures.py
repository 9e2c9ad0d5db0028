"""The text of an exception, as each official environment shows it to the model."""

from __future__ import annotations

import linecache
from traceback import TracebackException

CODE_NAME = "<string>"
MAX_ERROR_CHARS = 100_000
MAX_FRAMES = 60

# From 3.13 on, Python keeps the text of its ``-c`` argument under this name, and would quote it as the code block's.
linecache.cache.clear()
vars(linecache).get("_interactive_cache", {}).clear()


def error_text(error: BaseException, repl_style: str) -> str:
    """``local`` is ``LocalREPL``'s one line; ``docker`` the traceback, with the frames of the code block only."""
    try:
        text = _traceback(error) if repl_style == "docker" else f"\n{type(error).__name__}: {error}"
    except BaseException as unprintable:
        text = f"\n{type(error).__name__} (its text could not be made: {type(unprintable).__name__})"
    return text if len(text) <= MAX_ERROR_CHARS else text[:MAX_ERROR_CHARS] + "... [cut]"


def exit_is_failure(error: SystemExit) -> bool:
    """``sys.exit()`` and ``sys.exit(0)`` end a code block like its last line does."""
    return not (error.code is None or (type(error.code) is int and error.code == 0))


def _traceback(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != CODE_NAME:
        trace = trace.tb_next
    shown = TracebackException(type(error), error, trace, limit=_limit(trace is None))
    return "".join(shown.format())


def _limit(empty: bool) -> int | None:
    return 0 if empty else -MAX_FRAMES
