"""Whom a request is sent to and who is trusted: TLS, proxies, connections that are used again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fieldkit.errors import FetchFailed, UsageProblem
from fieldkit.packager.dial import Dialer, Origin
from fieldkit.packager.http import Broken, Opener, Pool
from tests.fetching import FILE, MIB, NAME, content, get, sha256, wanted
from tests.hub_faults import redirect
from tests.loopback_hub import LoopbackHub
from tests.loopback_proxy import LoopbackProxy

DATA = content(9 * MIB, seed=5)
SMALL = content(1000, seed=5)

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="makes its certificates with the openssl program"
)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private CA's certificate for 127.0.0.1, and its key, in one file."""
    folder = tmp_path_factory.mktemp("ca")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=loopback", "-addext",
         "subjectAltName=IP:127.0.0.1,DNS:hub.example", "-keyout", "key", "-out", "crt"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes((folder / "crt").read_bytes() + (folder / "key").read_bytes())
    return both


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / FILE


def serve(hub: LoopbackHub, data: bytes = SMALL) -> None:
    hub.add_repository(NAME, {FILE: data})


@needs_openssl
class TestTls:
    def test_a_private_ca_is_trusted_where_it_is_named(
        self, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with LoopbackHub(certificate=certificate) as hub:
            serve(hub, DATA)
            assert get(wanted(hub, target, DATA)) == sha256(DATA)
            assert hub.endpoint.startswith("https://")

    def test_a_ca_can_be_given(self, target: Path, certificate: Path) -> None:
        with LoopbackHub(certificate=certificate) as hub:
            serve(hub)
            get(wanted(hub, target, SMALL), opener=Opener(ca=certificate))

    def test_without_it_nothing_is_sent_and_the_way_out_is_told(
        self, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with LoopbackHub(certificate=certificate) as hub:
            serve(hub)
            with pytest.raises(FetchFailed, match=r"certificate of .* is not trusted") as caught:
                get(wanted(hub, target, SMALL))
            assert "SSL_CERT_FILE" in caught.value.hint
            assert hub.requests == []

    def test_a_certificate_of_another_name_is_refused(
        self, target: Path, certificate: Path
    ) -> None:
        with LoopbackHub(certificate=certificate) as hub:
            serve(hub)
            other = hub.url(NAME, FILE).replace("127.0.0.1", "localhost")
            with pytest.raises(FetchFailed, match="is not trusted"):
                get(wanted(hub, target, SMALL, url=other), opener=Opener(ca=certificate))

    def test_a_redirect_out_of_encryption_is_refused(self, target: Path, certificate: Path) -> None:
        with LoopbackHub() as open_hub, LoopbackHub(certificate=certificate) as hub:
            serve(open_hub)
            serve(hub)
            hub.faults.append(redirect(FILE, to=open_hub.endpoint + "*"))
            with pytest.raises(FetchFailed, match="from https to http, which is refused"):
                get(wanted(hub, target, SMALL), opener=Opener(ca=certificate))
            assert open_hub.requests == []

    @pytest.mark.parametrize("there", [True, False])
    def test_certificates_that_cannot_be_read_are_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
    ) -> None:
        named = tmp_path / "company.pem"
        if there:
            named.write_text("no certificate")
        monkeypatch.setenv("SSL_CERT_FILE", str(named))
        with pytest.raises(UsageProblem, match=r"SSL_CERT_FILE names .*company\.pem"):
            Opener().open("https://hub.example/m")


class TestProxies:
    def test_http_goes_through_the_proxy_of_the_environment(
        self, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LoopbackProxy() as proxy, LoopbackHub() as hub:
            serve(hub)
            monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
            url = hub.url(NAME, FILE).replace("127.0.0.1", "hub.example")
            assert get(wanted(hub, target, SMALL, url=url)) == sha256(SMALL)
            assert [line.split()[1] for line in proxy.asked] == [url]

    @needs_openssl
    def test_https_is_tunnelled(
        self, target: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LoopbackProxy(password="s3cret") as proxy, LoopbackHub(certificate=certificate) as hub:
            serve(hub, DATA)
            monkeypatch.setenv("https_proxy", f"http://it:s3cret@{proxy.address}")
            url = hub.url(NAME, FILE).replace("127.0.0.1", "hub.example")
            opener = Opener(ca=certificate, token="hf_loopback", token_host=Origin.of(url).name)
            assert get(wanted(hub, target, DATA, url=url), opener=opener) == sha256(DATA)
            assert set(proxy.asked) == {f"CONNECT {Origin.of(url).name} HTTP/1.0"}
            assert all(request.authorization for request in hub.requests)
            assert not any("proxy-authorization" in request.headers for request in hub.requests)

    def test_hosts_of_no_proxy_are_reached_directly(
        self, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LoopbackProxy() as proxy, LoopbackHub() as hub:
            serve(hub)
            monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
            get(wanted(hub, target, SMALL))
            assert proxy.asked == []

    @pytest.mark.parametrize(
        ("refuses", "words"),
        [(407, "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"), (403, "to be allowed")],
    )
    def test_a_proxy_that_refuses_is_told(self, refuses: int, words: str) -> None:
        with LoopbackProxy(refuses=refuses) as proxy:
            opener = Opener(proxies={"https": f"http://it:s3cret@{proxy.address}"})
            with pytest.raises(FetchFailed, match=f"reach hub.example .status {refuses}") as caught:
                opener.open("https://hub.example/m")
        assert words in caught.value.hint
        assert "s3cret" not in caught.value.message + caught.value.hint

    def test_a_proxy_that_is_out_of_order_is_asked_again(self) -> None:
        with LoopbackProxy(refuses=502) as proxy:
            opener = Opener(proxies={"https": f"http://{proxy.address}"})
            with pytest.raises(Broken, match="status 502"):
                opener.open("https://hub.example/m")

    @pytest.mark.parametrize("kind", ["socks5", "https"])
    def test_kinds_of_proxy_that_are_not_supported_are_told(self, kind: str) -> None:
        opener = Opener(proxies={"https": f"{kind}://it:s3cret@proxy.example:1080"})
        with pytest.raises(UsageProblem, match=f"of the kind '{kind}'") as caught:
            opener.open("https://hub.example/m")
        assert "s3cret" not in caught.value.message + caught.value.hint

    @pytest.mark.parametrize(
        ("host", "proxied"),
        [("hub.example", True), ("mirror.corp", False), ("a.mirror.corp", False), ("corp", True)],
    )
    def test_names_of_a_given_no(self, host: str, proxied: bool) -> None:
        proxies = {"http": "proxy.example:3128", "no": "localhost, .mirror.corp"}
        line = Dialer(timeout_s=1, proxies=proxies).dial(Origin("http", host, 80))
        assert (line.connection.host == "proxy.example") == proxied
        assert line.whole_urls == proxied


class TestConnections:
    def test_a_connection_is_used_again(self) -> None:
        with LoopbackHub() as hub, Pool() as pool:
            serve(hub)
            places = set()
            for _ in range(3):
                with Opener().open(hub.url(NAME, FILE), pool=pool) as response:
                    while response.read(1 << 16):
                        pass
                line = pool.take(Origin.of(hub.endpoint))
                assert line is not None
                places.add(line.connection.sock.getsockname())
                pool.keep(Origin.of(hub.endpoint), line)
        assert len(places) == 1

    def test_one_whose_body_was_not_read_is_not(self) -> None:
        with LoopbackHub() as hub, Pool() as pool:
            serve(hub)
            with Opener().open(hub.url(NAME, FILE), pool=pool) as response:
                response.read(10)
            assert pool.take(Origin.of(hub.endpoint)) is None

    def test_one_that_the_server_ended_is_replaced(self) -> None:
        with LoopbackHub() as hub, Pool() as pool:
            serve(hub)
            opener = Opener()
            for _ in range(2):
                with opener.open(hub.url(NAME, FILE), pool=pool) as response:
                    assert response.read(1 << 16) == SMALL
                line = pool.take(Origin.of(hub.endpoint))
                assert line is not None
                line.connection.sock.shutdown(2)
                pool.keep(Origin.of(hub.endpoint), line)

    def test_something_that_is_no_http_is_told(self, target: Path, tmp_path: Path) -> None:
        with LoopbackHub() as hub:
            serve(hub)
            url = hub.url(NAME, FILE).replace("http://", "https://")
            with pytest.raises(FetchFailed, match="TLS failed"):
                get(wanted(hub, target, SMALL, url=url))


@pytest.mark.parametrize("token", ["hf_a\nb", "hf_ä", "hf_a b"])
def test_a_token_that_cannot_be_a_header_is_refused_unseen(token: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        Opener(token=token, token_host="hub.example")
    assert "hf_" not in caught.value.message + caught.value.hint
