"""Which part of some texts stood, character for character, in the messages that models were sent.

``docs/typed-answers-and-coverage.md`` defines what counts, ``docs/coverage.md`` tells how it is found: seed and extend.
This package knows nothing of runs, prompts or the wire, and loads numpy with the first message.
"""

from .corpus import SourceText, StoredText
from .report import CoverageReport, Range, fraction
from .tracker import CoverageTracker

__all__ = ["CoverageReport", "CoverageTracker", "Range", "SourceText", "StoredText", "fraction"]
