"""The hub that other tests stand on: it answers as the real one does."""

from __future__ import annotations

import hashlib
import json
import socket
import urllib.error
import urllib.request
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.hub_faults import status
from tests.loopback_hub import LoopbackHub
from tests.network import NetworkTouched, forget

BODY = bytes(range(256)) * 80


def ask(hub: LoopbackHub, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", int(hub.endpoint.rpartition(":")[2]))
    try:
        connection.request(
            "GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        response: HTTPResponse = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("from_disk", [False, True])
def test_ranges_are_answered_by_the_book(tmp_path: Path, from_disk: bool) -> None:
    (tmp_path / "m").write_bytes(BODY)
    with LoopbackHub() as hub:
        commit = hub.add_repository("a/b", {"m": tmp_path / "m" if from_disk else BODY})
        path = f"/a/b/resolve/{commit}/m"
        code, headers, body = ask(hub, path, Range="bytes=10-19")
        assert (code, body) == (206, BODY[10:20])
        assert headers["Content-Range"] == f"bytes 10-19/{len(BODY)}"
        assert headers["ETag"] == f'"{hashlib.sha256(BODY).hexdigest()}"'
        assert headers["X-Repo-Commit"] == commit
        assert ask(hub, path, Range="bytes=20470-99999")[2] == BODY[20470:]
        assert ask(hub, path, Range=f"bytes={len(BODY)}-")[0] == 416
        assert ask(hub, path, Range="bytes=10-19", If_Range='"another"')[::2] == (200, BODY)
        assert ask(hub, path)[::2] == (200, BODY)
        assert hub.sent("m") == 10 + 10 + 2 * len(BODY)


def test_a_repository_added_again_moves_its_branch_and_keeps_its_commits() -> None:
    with LoopbackHub() as hub:
        old = hub.add_repository("a/b", {"f": b"old"})
        new = hub.add_repository("a/b", {"f": b"new"})
        assert old != new
        assert ask(hub, "/a/b/resolve/main/f")[2] == b"new"
        assert ask(hub, f"/a/b/resolve/{old}/f")[2] == b"old"
        assert json.loads(ask(hub, "/api/models/a/b")[2])["sha"] == new


def test_a_listing_comes_in_pages() -> None:
    with LoopbackHub(page=2) as hub:
        hub.add_repository("a/b", {f"{n}.json": b"{}" for n in range(3)} | {"s/t/u": b"x"})
        code, headers, body = ask(hub, "/api/models/a/b/tree/main?recursive=True")
        assert code == 200
        assert [entry["path"] for entry in json.loads(body)] == ["0.json", "1.json"]
        assert 'rel="next"' in headers["Link"]
        rest = headers["Link"][1:].split(">")[0].removeprefix(hub.endpoint)
        assert [entry["path"] for entry in json.loads(ask(hub, rest)[2])] == ["2.json", "s"]


def test_a_gated_repository_opens_with_a_known_token() -> None:
    with LoopbackHub() as hub:
        hub.add_repository("a/b", {"f": b"text"}, gated=True)
        path = "/a/b/resolve/main/f"
        assert ask(hub, path)[0] == 401
        assert ask(hub, path, Authorization="Bearer hf_other")[0] == 403
        assert ask(hub, path, Authorization="Bearer hf_loopback")[2] == b"text"
        assert [request.authorization for request in hub.requests] == [False, True, True]


def test_a_fault_is_used_up() -> None:
    with LoopbackHub() as hub:
        hub.add_repository("a/b", {"f": b"text"})
        hub.faults.append(status("f", 503, times=2))
        assert [ask(hub, "/a/b/resolve/main/f")[0] for _ in range(3)] == [503, 503, 200]


def test_only_a_loopback_hub_opens_the_network_and_only_loopback() -> None:
    with pytest.raises(NetworkTouched):
        socket.socket(socket.AF_INET)
    with LoopbackHub(), pytest.raises((NetworkTouched, urllib.error.URLError)):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)
    with LoopbackHub(), pytest.raises(NetworkTouched):
        socket.getaddrinfo("hub.example", 80)
    forget()  # what was refused here was refused on purpose
