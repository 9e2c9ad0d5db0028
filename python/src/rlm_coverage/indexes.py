"""What is known of the texts beside their bytes, made when somebody asks for it."""

from __future__ import annotations

from .copies import Copies
from .corpus import Corpus
from .sparse_index import SparseIndex


class Indexes:
    """The indexes of one corpus, for all roles."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._sparse: SparseIndex | None = None
        self._copies: Copies | None = None

    @property
    def has_sparse(self) -> bool:
        """Whether the index of windows is made."""
        return self._sparse is not None

    def sparse(self) -> SparseIndex:
        """Gives the index of windows. Raises TextUnreadable."""
        self._sparse = self._sparse or SparseIndex(self._corpus)
        return self._sparse

    def copies(self) -> Copies:
        """Gives which texts are copies of others. Raises TextUnreadable."""
        self._copies = self._copies or Copies(self._corpus)
        return self._copies
