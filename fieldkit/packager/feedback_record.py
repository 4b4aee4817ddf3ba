"""A record as it is read again: every field checked, since anybody may have written it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fieldkit.core.feedback import COMMENT_LENGTH

_Short = Annotated[str, Field(max_length=1000)]
_Text = Annotated[str, Field(max_length=1 << 20)]
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_Count = Annotated[int, Field(ge=0, le=2**53)]


class _Checked(BaseModel):
    """Frozen; keys of later formats are left out, nothing is converted."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class FeedbackPassage(_Checked):
    """A passage that the answer was given."""

    document: _Short
    title: _Short = ""
    revision: _Short = ""
    page: _Count | _Short = 0
    pdf_page: _Count | None = None
    heading: _Text = ""
    text: _Text = ""
    sha256: _Short = ""
    cited: bool = False
    own: bool = False
    recognised: bool = False

    @property
    def place(self) -> str:
        """Document, revision and page, as it is counted by: ``PX-204 rev C, p. 2 (PDF 5)``."""
        revision = f" rev {self.revision}" if self.revision else ""
        page = f", p. {self.page}" if self.page else ""
        counted = f" (PDF {self.pdf_page})" if self.pdf_page not in {None, self.page} else ""
        return f"{self.document}{revision}{page}{counted}"


class FeedbackOrigin(_Checked):
    """What gave the answer."""

    assistant: _Short = ""
    model: _Short = ""
    quantization: _Short = ""
    fieldkit: _Short = ""
    release: _Short = ""
    version: _Short = ""


class FeedbackExchange(_Checked):
    """Another question of the conversation."""

    question: _Text
    answer: _Text


class FeedbackRecord(_Checked):
    """One flagged answer; see core/feedback.py."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    created: Annotated[str, Field(pattern=_MOMENT)]
    kind: Literal["wrong_page", "wrong_fact", "should_have_answered", "dangerous", "other"]
    comment: Annotated[str, Field(max_length=COMMENT_LENGTH)] = ""
    question: _Text
    answer: _Text
    refused: bool = False
    finish: _Short = ""
    passages: Annotated[list[FeedbackPassage], Field(max_length=100)] = []
    stats: dict[_Short, float | int] | None = None
    origin: FeedbackOrigin = FeedbackOrigin()
    conversation: Annotated[list[FeedbackExchange], Field(max_length=10_000)] = []

    @property
    def pages(self) -> list[FeedbackPassage]:
        """What the answer rests on, each page once: what it cites, or else all it was given."""
        chosen = [passage for passage in self.passages if passage.cited] or self.passages
        return list({passage.place: passage for passage in chosen}.values())
