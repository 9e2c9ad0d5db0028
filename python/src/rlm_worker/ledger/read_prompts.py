"""Which prompts count as read: those whose reply ended by itself, of a provider that can have seen all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..clients.base import TokenUsage
from ..clients.finish_reasons import FinishReason
from ..clients.messages import Messages
from ..clients.token_count import MAX_CHARS_PER_TOKEN, fewest_tokens
from ..coverage import Coverage
from .calls import Caller, prompt_chars, prompt_texts
from .models import Model
from .seen_tokens import SMALLEST_WINDOW, most_seen, too_little_seen


class ReadPrompts:
    """Thread-safe."""

    def __init__(self, coverage: Coverage | None, warn: Callable[[str], None]) -> None:
        """``warn`` is told, once a model, that its provider did not see all of a prompt."""
        self._coverage = coverage
        self._warn = warn
        self._lock = threading.Lock()
        self._short_sighted: set[str] = set()

    def note(
        self, model: Model, messages: Messages, caller: Caller, ending: FinishReason | None, usage: TokenUsage | None
    ) -> None:
        """A call succeeded, now or in an earlier life of the run."""
        if ending == "stop" and self._saw_all(model, messages, usage) and self._coverage is not None:
            self._coverage.note("sub" if caller.is_sub_call else "root", messages)

    def _saw_all(self, model: Model, messages: Messages, usage: TokenUsage | None) -> bool:
        """Whether the provider's own count of the prompt can be that of all of it."""
        seen = most_seen(usage)
        if seen is None:
            return True
        most = max(seen, SMALLEST_WINDOW)
        if prompt_chars(messages) <= most * MAX_CHARS_PER_TOKEN or fewest_tokens(prompt_texts(messages), most) <= most:
            return True
        with self._lock:
            known = model.name in self._short_sighted
            self._short_sighted.add(model.name)
        if not known:
            fewest = fewest_tokens(prompt_texts(messages))
            self._warn(too_little_seen(model, prompt_chars(messages), fewest, seen))
        return False
