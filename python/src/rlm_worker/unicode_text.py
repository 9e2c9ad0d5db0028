"""Text that UTF-8 can hold: JSON and Python let a lone surrogate into a str, and no wire takes one."""

from __future__ import annotations


def well_formed(text: str) -> str:
    """``text`` with surrogate pairs joined and lone surrogates replaced, so that it can be encoded."""
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
