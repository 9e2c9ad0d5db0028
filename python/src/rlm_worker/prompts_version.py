"""The version of all that this worker says to a model of its own accord, beside the official library's words."""

from typing import Final

PROMPTS_VERSION: Final = 2
"""Raised with every change of a prompt, a note or a refusal: a run is resumed with the same words alone, since every
other one would ask its model again. ``tests/test_prompts_version.py`` tells when."""
