"""Which part of some texts stood, character for character, in the messages that models were sent.

``docs/typed-answers-and-coverage.md`` defines what counts, ``docs/coverage.md`` tells how it is found: by a cursor.
This package knows nothing of runs, prompts or the wire.
"""

from .corpus import SourceCopy, SourceFile, SourceText
from .report import CoverageReport, Range, ReportedText, fraction
from .source_files import TextUnreadable
from .tracker import CoverageTracker

__all__ = [
    "CoverageReport",
    "CoverageTracker",
    "Range",
    "ReportedText",
    "SourceCopy",
    "SourceFile",
    "SourceText",
    "TextUnreadable",
    "fraction",
]
