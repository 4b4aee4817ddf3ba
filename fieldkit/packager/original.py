"""The model before it is quantized: a file that is kept, or one that is made when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.core.gguf_types import Header
from fieldkit.packager.cache import Hashes
from fieldkit.packager.spending import Spending, leftover, spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A GGUF as its publisher has it, or as it was converted: F32, F16, BF16 or INT4 already.

    ``size`` is in bytes. A converted one is as large as the weights it was made from, so it is
    dropped when nothing needs it any more, and ``make`` puts it at ``file`` again.
    """

    sha256: str
    size: int
    quantization: str
    file: Path
    make: Callable[[], None] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def kept(cls, header: Header, path: Path, hashes: Hashes) -> Original:
        """The one that is a file of its own."""
        return cls(
            sha256=hashes.sha256(path),
            size=header.file_size,
            quantization=header.quantization,
            file=path,
        )

    @property
    def is_intermediate(self) -> bool:
        """Whether it can be made again from what is kept."""
        return self.make is not None

    def path(self) -> Path:
        """The file, made first if it was dropped."""
        if self.make is not None and not self.file.is_file():
            leftover(self.file).unlink(missing_ok=True)
            self.make()
        return self.file

    @contextmanager
    def last_use(self, *, kept: bool) -> Iterator[tuple[Path, Spending | None]]:
        """The file, and the way to free it as it is read where it can be made again.

        ``kept`` says that something needs it later.
        """
        path = self.path()
        if kept or not self.is_intermediate:
            yield path, None
        else:
            with spent(path) as spending:
                yield spending.path, spending

    def drop(self) -> None:
        """Free its room on the disk, if it can be made again."""
        if self.is_intermediate:
            self.file.unlink(missing_ok=True)
            leftover(self.file).unlink(missing_ok=True)
