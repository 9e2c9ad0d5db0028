"""Numbers a provider reports, checked where they enter: what cannot be true is unknown, and is never added to a sum."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

MOST_TOKENS = 1_000_000_000
"""Far above any model's window, and sums of it stay exact in the host's numbers. The host's own limit is the same."""

MOST_USD = 1_000_000
"""Far above what one call can cost. The host's own limit is the same."""


class TokenUsage(NamedTuple):
    """Tokens of one call: ``input_tokens`` includes cached and cache-written ones, ``output_tokens`` reasoning.

    Attributes:
        consistent: False for counts that contradict each other, which are kept, and from which no cost is worked out.
    """

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    consistent: bool = True


def tokens(value: Any) -> int | None:
    """A count of tokens, or None for anything that is not one: text, a boolean, below zero, beyond every window."""
    if type(value) is int:
        return value if 0 <= value <= MOST_TOKENS else None
    if not isinstance(value, float) or not 0 <= value <= MOST_TOKENS:
        return None
    return int(value) if value.is_integer() else None


def usd(value: Any) -> Decimal | None:
    """An amount in USD, or None for anything that is not one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_USD:
        return None
    return Decimal(str(value))


def usage_of(
    input_tokens: Any,
    output_tokens: Any,
    *,
    cached_input_tokens: Any = None,
    cache_write_tokens: Any = None,
    reasoning_tokens: Any = None,
    all_tokens: Any = None,
) -> TokenUsage | None:
    """The tokens of one call; an absent detail is zero. None when a count is missing or cannot be true.

    Args:
        all_tokens: the provider's own sum of input and output, where it gives one.
    """
    read = 0 if cached_input_tokens is None else tokens(cached_input_tokens)
    written = 0 if cache_write_tokens is None else tokens(cache_write_tokens)
    reasoning = 0 if reasoning_tokens is None else tokens(reasoning_tokens)
    given, said = tokens(input_tokens), tokens(output_tokens)
    if given is None or said is None or read is None or written is None or reasoning is None:
        return None
    fits = read + written <= given and reasoning <= said and all_tokens in (None, given + said)
    # No prompt has no tokens: the server did not count.
    return TokenUsage(given, said, read, written, reasoning, fits and given > 0)


def rest(count: Any, of_all: Any, other: Any) -> Any:
    """A count, or what is left of the sum of all when it is absent; None when that is not known either."""
    if count is not None:
        return count
    whole, known = tokens(of_all), tokens(other)
    return None if whole is None or known is None or whole < known else whole - known


def total(first: Any, *more: Any) -> int | None:
    """A sum of counts, of which only the first must be there; None when it is not, or one of them cannot be true."""
    known = [tokens(first), *(tokens(count) for count in more if count is not None)]
    return None if None in known else sum(count for count in known if count is not None)
