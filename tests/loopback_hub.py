"""A model hub on this machine's loopback, with what a hub does and scripted faults.

    with LoopbackHub() as hub:
        commit = hub.add_repository("org/name", {"config.json": b"{}", "model.safetensors": path})
        hub.faults.append(cut("model.safetensors", after=1000))     # tests.hub_faults
        snapshot("org/name", "main", endpoint=hub.endpoint)
        assert hub.requests[-1].range == "bytes=1000-"

Adding a repository again makes a new commit and moves its branch; older commits stay. It serves
``/api/models/R[/revision/X]``, ``/api/models/R/tree/X[/FOLDER]`` (in pages, by a Link header), and
HEAD and GET of ``/R/resolve/X/F`` with ETag, X-Repo-Commit, X-Linked-Etag, X-Linked-Size, Range and
If-Range. Files larger than ``lfs_over`` are LFS files: their ETag is their sha256, that of others
their git object.
``python -m tests.loopback_hub NAME FOLDER`` serves a folder until its stdin ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from tests import network
from tests.hub_content import Content, File, Repository, Request, make_file
from tests.hub_faults import Fault
from tests.hub_handler import Handler


class LoopbackHub:
    """A running hub; ``tokens`` are those that may read gated repositories.

    ``page`` is the number of entries in a page of the tree listing. ``elsewhere`` is another hub
    (or any base URL) that LFS files are redirected to, as the real one does to its CDN.
    ``certificate`` is a file of certificate and key in PEM format: the hub then speaks TLS.
    """

    def __init__(
        self,
        *,
        page: int = 1000,
        elsewhere: str | None = None,
        certificate: Path | None = None,
    ) -> None:
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.repositories: dict[str, Repository] = {}
        self.tokens: set[str] = {"hf_loopback"}
        self.page = page
        self.elsewhere = elsewhere
        self.certificate = certificate
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self.totals: dict[str, int] = {}
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.enter_context(network.loopback())
            stack.enter_context(_no_proxy())
            self._server = stack.enter_context(_Server(self))
            thread = threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
            )
            thread.start()
            stack.callback(thread.join)
            stack.callback(self._server.shutdown)
            stack.callback(self._release)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def _release(self) -> None:
        self.closing.set()
        for fault in self.faults:
            fault.release.set()

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:PORT``, or https."""
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{self.host}"

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def add_repository(
        self,
        name: str,
        files: Mapping[str, Content],
        *,
        gated: bool = False,
        lfs_over: int = 10_000,
        revision: str = "main",
        licence: str | None = None,
    ) -> str:
        """Commit ``files`` and point ``revision`` at it; the commit's hash, 40 hex digits.

        ``licence`` is the identifier in the model card. Files given as paths are read when asked
        for, so that a test may change them behind the hub's back.
        """
        made = {path: make_file(path, content, lfs_over) for path, content in sorted(files.items())}
        repository = self.repositories.setdefault(name, Repository(name=name))
        listing = json.dumps([name, len(repository.commits), [f.entry() for f in made.values()]])
        commit = hashlib.sha1(listing.encode()).hexdigest()
        repository.commits[commit] = made
        repository.revisions[revision] = commit
        repository.gated = gated
        repository.card = {"license": licence} if licence else {}
        return commit

    def url(self, name: str, path: str, revision: str = "main") -> str:
        """Where a file is fetched from."""
        commit = self.repositories[name].commit(revision)
        return f"{self.endpoint}/{name}/resolve/{commit}/{path}"

    def file(self, name: str, path: str, revision: str = "main") -> File:
        """A file of a repository."""
        repository = self.repositories[name]
        return repository.commits[repository.commit(revision) or ""][path]

    def find(self, path: str) -> tuple[Repository, str, File | None] | None:
        """Repository, revision and file that ``/R/resolve/X/F`` names; None for no such URL."""
        name, found, rest = path[1:].partition("/resolve/")
        repository = self.repositories.get(unquote(name))
        if not found or repository is None:
            return None
        revision, _, file = rest.partition("/")
        revision = unquote(revision)
        commit = repository.commit(revision)
        return repository, revision, repository.commits.get(commit or "", {}).get(unquote(file))

    def asked(self, file: str, method: str = "GET") -> list[Request]:
        """The requests for a file so far."""
        return [one for one in self.requests if one.file == file and one.method == method]

    def sent(self, file: str) -> int:
        """How many bytes of a file's body were handed out so far, all requests together."""
        return sum(request.sent for request in self.asked(file))

    def take_fault(self, request: Request) -> Fault | None:
        """The fault this request meets, counted as used; logs the request."""
        with self.lock:
            self.requests.append(request)
            for fault in self.faults:
                if fault.applies(request):
                    fault.used += 1
                    request.fault = fault.kind
                    return fault
        return None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, hub: LoopbackHub) -> None:
        self.hub = hub
        super().__init__(("127.0.0.1", 0), Handler)
        self._tls: ssl.SSLContext | None = None
        if hub.certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(hub.certificate)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS where there is a certificate, in the connection's own thread."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        with self._tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is a defect of the hub."""
        if not isinstance(
            sys.exc_info()[1], ConnectionError | TimeoutError | ValueError | ssl.SSLError
        ):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextlib.contextmanager
def _no_proxy() -> Iterator[None]:
    """Clients of the hub do not ask the machine's proxy for it."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    os.environ.update(dict.fromkeys(before, "127.0.0.1,localhost"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def main() -> int:
    """Serve a folder as a repository; the first line of stdout is the endpoint."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    with LoopbackHub() as hub:
        hub.add_repository(name, {key: path for key, path in files.items() if path.is_file()})
        sys.stdout.write(hub.endpoint + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
