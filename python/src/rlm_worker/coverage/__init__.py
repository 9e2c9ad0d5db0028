"""Which part of the context was, verbatim, in a prompt that a model answered. ``docs/typed-answers-and-coverage.md``
defines it; nothing here loads the context or numpy before the first prompt."""

from .tracker import Coverage

__all__ = ["Coverage"]
