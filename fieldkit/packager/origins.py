"""Which source a profile's model and its adapter are taken from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.candidate import Candidate
from fieldkit.core.profile import Profile
from fieldkit.errors import InvalidInput, UsageProblem
from fieldkit.packager import licensing, stick
from fieldkit.packager.access import access
from fieldkit.packager.patience import Tell
from fieldkit.packager.sources import FolderSource, HubSource, Source, folder_name

_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to pull: another ``endpoint`` than the environment's; from the folder ``stick`` instead.

    ``update`` pins anew what the profile's revision is now.
    """

    endpoint: str | None = None
    stick: Path | None = None
    update: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is pulled: the model of ``profile``, which lies in ``folder``."""

    profile: Profile
    folder: Path
    candidate: Candidate
    options: Options

    @property
    def adapter(self) -> str | None:
        """The adapter that the profile names: a folder, or ``publisher/name[@revision]``."""
        return self.profile.model.adapter

    @property
    def repository(self) -> str | None:
        """The model's repository on the Hub, None when it comes from a folder."""
        if self.profile.model.source == "hub":
            return self.candidate.origin.repository
        return None

    @property
    def wanted_commit(self) -> str | None:
        """The commit that the profile itself asks for, when it names one."""
        revision = self.profile.model.revision or ""
        return revision if _COMMIT.fullmatch(revision) else None

    @property
    def revision(self) -> str:
        """What a first pull asks for: the profile's, else what was accepted, else ``main``."""
        accepted = None
        if self.repository is not None and not self.options.update:
            accepted = licensing.accepted_commit(self.folder, self.repository)
        return self.profile.model.revision or accepted or "main"

    @property
    def model_name(self) -> str:
        """What a lock calls the model's source: its repository, or the name of its folder."""
        return self.repository or folder_name(self.folder / (self.profile.model.folder or ""))

    def adapter_name(self, *, on_hub: bool) -> str:
        """What a lock calls the adapter's source."""
        assert self.adapter is not None
        if on_hub:
            return self.adapter.partition("@")[0]
        return folder_name(self.folder / self.adapter)

    def adapter_on_hub(self) -> tuple[str, str] | None:
        """Repository and revision of an adapter on the Hub, None when it is a folder."""
        if self.adapter is None or (self.folder / self.adapter).is_dir():
            return None
        repository, _, revision = self.adapter.partition("@")
        if _REPOSITORY.fullmatch(repository) is None:
            raise InvalidInput(
                f"{self.folder}: model.adapter: {self.adapter} is neither a folder beside the "
                "profile nor the name of a repository",
                hint="Name a folder with adapter_model.safetensors, or publisher/name.",
            )
        return repository, revision or "main"


def model_source(request: Request, cache: Path, tell: Tell) -> Source:
    """Where the model's files come from; they are taken to ``cache``.

    Raises UsageProblem for a profile whose model is not pulled, FetchFailed for a missing folder.
    """
    section = request.profile.model
    if request.options.stick is not None:
        return FolderSource(stick.model_folder(request.options.stick), cache)
    if section.source == "folder":
        assert section.folder is not None  # held by the profile's validation
        return FolderSource(request.folder / Path(section.folder).expanduser(), cache)
    if request.repository is None:
        raise UsageProblem(
            f"{request.folder}: its model is not pulled (model.source = {section.source!r})",
            hint="Only models of the sources 'hub' and 'folder' are.",
        )
    return HubSource(request.repository, access(request.options.endpoint), tell)


def adapter_source(request: Request, cache: Path, tell: Tell) -> Source:
    """Where the adapter's files come from."""
    assert request.adapter is not None
    if request.options.stick is not None:
        return FolderSource(request.options.stick / stick.ADAPTER, cache)
    found = request.adapter_on_hub()
    if found is None:
        return FolderSource(request.folder / request.adapter, cache)
    return HubSource(found[0], access(request.options.endpoint), tell)
