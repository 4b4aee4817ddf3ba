"""What the assistant is run with: the Phi-3-mini profile, its manuals indexed, the model linked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldkit import resources
from fieldkit.assistant import ASSISTANT
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Engine
from fieldkit.core.prompt import Message, render
from fieldkit.core.release import Assistant
from fieldkit.library import documents, index
from fieldkit.library.answering import Answering
from fieldkit.library.search import Library

# With their passages 800 to 860 tokens. The passages found for the words typed so far are the final
# ones after 26 of 104 characters, 52 of 84 and 56 of 107.
QUESTIONS = (
    (
        "At what level does the H2S low alarm go off, and what do we have to do when it does "
        "before we can go on?"
    ),
    "At what H2S level does the low alarm of the detector go off, and what do we do then?",
    (
        "When are the liners of the mud pump due for replacement, and what do I have to do before "
        "I can get at them?"
    ),
)
_PASSAGES = 5
TEMPLATE = "phi3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A folder as the installer would leave it."""

    folder: Path
    assistant: Assistant

    @contextmanager
    def answering(self, engine: Engine) -> Iterator[Answering]:
        """From questions to requests, with the tokens counted by ``engine``."""
        with Library.open(self.folder / self.assistant.library) as library:
            yield Answering(self.assistant, library, engine)


def deploy(folder: Path, model: Path, *, context: int = 4096, max_tokens: int = 512) -> Deployment:
    """Write the release of the profile ``phi-3-mini`` into ``folder``, with ``model`` linked."""
    source = resources.folder("profiles") / "phi-3-mini" / "profile.toml"
    profile = tomllib.loads(source.read_text(encoding="utf-8"))
    library = profile["library"]
    manuals = documents.read_folders([(source.parent / name) for name in library["manuals"]])
    index.build(folder / "library.sqlite", manuals.documents)
    (folder / "model.gguf").symlink_to(model.absolute())
    assistant = Assistant(
        name=profile["assistant"]["name"],
        language=profile["assistant"]["language"],
        system_prompt=profile["assistant"]["system_prompt"],
        examples=tuple(profile["assistant"]["examples"]),
        model="model.gguf",
        model_name="Phi-3-mini",
        quantization="Q4_K_M",
        template=TEMPLATE,
        context=context,
        max_tokens=max_tokens,
        library="library.sqlite",
        passages=_PASSAGES,
        passage_tokens=library["passage_tokens"],
        evidence_only=False,
    )
    (folder / ASSISTANT).write_text(assistant.to_json(), encoding="utf-8")
    return Deployment(folder=folder, assistant=assistant)


def asked(answering: Answering, question: str) -> tuple[Message, ...]:
    """The messages that are sent for ``question`` as the first of a conversation."""
    passages = answering.find(question).passages
    return answering.request([Turn(question=question, passages=passages)]).messages


def rendered(messages: tuple[Message, ...]) -> str:
    """The prompt as text, for a server that finds the control tokens in it by their names."""
    return "".join(segment.text for segment in render(TEMPLATE, messages))
