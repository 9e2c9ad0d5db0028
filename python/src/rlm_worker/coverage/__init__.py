"""The coverage of a run's context: ``rlm_coverage`` in the words of a run, its context, its models and its wire."""

from .context_coverage import Coverage

__all__ = ["Coverage"]
