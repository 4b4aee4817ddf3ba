"""Which hub is asked, and who is given which token."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import UsageProblem
from fieldkit.packager.access import DEFAULT_ENDPOINT, access

SAVED, NAMED = "hf_saved", "hf_named"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A home in which ``hf auth login`` saved a token."""
    (tmp_path / "token").write_text(f"{SAVED}\n")
    return {"HF_HOME": str(tmp_path)}


def test_without_settings_it_is_the_hub_itself() -> None:
    found = access(environment={"HF_HOME": "/nowhere"})
    assert (found.endpoint, found.host, found.token) == (DEFAULT_ENDPOINT, "huggingface.co", None)


@pytest.mark.parametrize(
    ("option", "environment", "endpoint"),
    [
        (None, {"HF_ENDPOINT": "https://mirror.example/hf/"}, "https://mirror.example/hf"),
        (
            "https://other.example",
            {"HF_ENDPOINT": "https://mirror.example"},
            "https://other.example",
        ),
        (None, {"HF_ENDPOINT": ""}, DEFAULT_ENDPOINT),
    ],
)
def test_a_mirror_is_named_by_option_or_environment(
    option: str | None, environment: dict[str, str], endpoint: str
) -> None:
    assert access(option, environment).endpoint == endpoint


def test_a_files_address_is_what_every_mirror_serves() -> None:
    found = access("https://mirror.example:8443/hf", {})
    assert found.host == "mirror.example:8443"
    assert found.url("org/name", "0" * 40, "a b/ü.json") == (
        f"https://mirror.example:8443/hf/org/name/resolve/{'0' * 40}/a%20b/%C3%BC.json"
    )


def test_a_saved_token_is_for_the_hub_itself_alone(home: dict[str, str]) -> None:
    assert access(environment=home).token == SAVED
    assert access("https://mirror.example", home).token is None


def test_a_token_of_the_environment_is_for_the_endpoint_beside_it(home: dict[str, str]) -> None:
    assert access("https://mirror.example", home | {"HF_TOKEN": f" {NAMED}\n"}).token == NAMED
    assert access(environment=home | {"HF_TOKEN": NAMED}).token == NAMED


def test_a_file_that_the_environment_names_is_for_the_endpoint_too(
    tmp_path: Path, home: dict[str, str]
) -> None:
    (tmp_path / "other").write_text(NAMED)
    named = {"HF_TOKEN_PATH": str(tmp_path / "other")}
    assert access("https://mirror.example", home | named).token == NAMED


def test_a_token_is_not_shown() -> None:
    assert NAMED not in repr(access("https://mirror.example", {"HF_TOKEN": NAMED}))


def test_a_token_does_not_travel_in_the_clear_but_on_this_machine() -> None:
    token = {"HF_TOKEN": NAMED}
    with pytest.raises(UsageProblem, match="readable by anyone") as caught:
        access("http://mirror.example", token)
    assert NAMED not in caught.value.message + caught.value.hint
    assert access("http://127.0.0.1:8080", token).token == NAMED
    assert access("http://mirror.example", {"HF_HOME": "/nowhere"}).token is None


@pytest.mark.parametrize(
    "endpoint",
    ["mirror.example", "ftp://mirror.example", "https://", "https://host:port", "https://h/?a=b"],
)
def test_what_is_no_address_is_told(endpoint: str) -> None:
    with pytest.raises(UsageProblem, match="the address of the hub"):
        access(endpoint, {})


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageProblem, match="holds a user name or password") as caught:
        access("https://me:s3cret@mirror.example", {})
    assert "s3cret" not in caught.value.message + caught.value.hint
