"""What answers questions from documents, as far as others know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fieldkit.core.citation import Finding as Finding
from fieldkit.core.citation import Passage
from fieldkit.errors import FieldkitError
from fieldkit.library.language import Language
from fieldkit.library.search import Manual


class Searchable(Protocol):
    """What answers a question from documents: a library, or a shelf of two."""

    @property
    def language(self) -> Language:
        """As ``Library.language``."""
        ...

    @property
    def languages(self) -> Mapping[str, int]:
        """As ``Library.languages``."""
        ...

    def spoken(self, question: str) -> Language:
        """As ``Library.spoken``."""
        ...

    @property
    def words_only(self) -> FieldkitError | None:
        """As ``Library.words_only``."""
        ...

    def search(
        self, query: str, limit: int = 3, *, floor: float | None = None
    ) -> tuple[Passage, ...]:
        """As ``Library.search``."""
        ...

    def find(self, query: str, limit: int = 3) -> Finding:
        """As ``Library.find``."""
        ...

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        """As ``Library.page``."""
        ...

    def documents(self) -> tuple[Manual, ...]:
        """As ``Library.documents``."""
        ...
