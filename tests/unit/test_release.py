"""What a release.json may say, and what it may not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fieldkit.core.release import (
    Assistant,
    Blob,
    Link,
    Part,
    Platform,
    Release,
    ReleaseFile,
    canonical,
    model_path,
    safe_path,
)
from fieldkit.core.sampling import Sampling
from fieldkit.errors import IntegrityProblem

MODEL, APP, BLOB = "a" * 64, "b" * 64, "c" * 64


def a_release() -> Release:
    return Release(
        name="rig",
        version="1.0",
        publisher="Acme",
        created="2026-01-01T00:00:00Z",
        fieldkit="0.1.0",
        engine="0.3.36",
        platform=Platform(os="linux", machine="x86_64", glibc="2.28"),
        memory_bytes=10,
        model_sha256=MODEL,
        licence="MIT",
        files=(
            ReleaseFile(
                path=model_path(MODEL),
                mode=0o644,
                size=6,
                sha256=MODEL,
                parts=(Part(blob=0, offset=0, size=4), Part(blob=0, offset=4, size=2)),
            ),
            ReleaseFile(
                path="app/lib/one.so",
                mode=0o755,
                size=4,
                sha256=APP,
                parts=(Part(blob=0, offset=6, size=4),),
            ),
        ),
        links=(Link(path="app/two.so", target="lib/one.so"),),
        blobs=(Blob(sha256=BLOB, size=10),),
    )


def test_a_release_survives_its_own_text() -> None:
    release = a_release()
    assert Release.from_json(release.to_json()) == release


def test_the_directory_is_named_by_version_and_identity() -> None:
    release = a_release()
    assert release.directory == f"1.0-{release.identity[:12]}"


def test_the_model_is_no_part_of_the_version_folder() -> None:
    release = a_release()
    assert release.model.path == f"models/{MODEL}.gguf"
    assert [file.path for file in release.version_files] == ["app/lib/one.so"]
    assert release.folders == ("app", "app/lib")
    assert release.installed_bytes == 10


def _file(data: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = data["files"][1]
    return entry


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another schema": lambda d: d.update(schema=2),
    "no schema": lambda d: d.pop("schema"),
    "an unknown key": lambda d: d.update(more=1),
    "a missing key": lambda d: d.pop("publisher"),
    "a version that is a path": lambda d: d.update(version="../1.0"),
    "a version that is an option": lambda d: d.update(version="-rf"),
    "a name with a space": lambda d: d.update(name="a b"),
    "an escape sequence": lambda d: d.update(publisher="Acme\x1b[2J"),
    "a newline": lambda d: d.update(licence="MIT\nApache"),
    "an odd C library": lambda d: d["platform"].update(glibc="2.x; rm"),
    "an odd machine": lambda d: d["platform"].update(machine="x86 64"),
    "memory that is no number": lambda d: d.update(memory_bytes="10"),
    "negative memory": lambda d: d.update(memory_bytes=-1),
    "an absolute path": lambda d: _file(d).update(path="/etc/passwd"),
    "a path that climbs": lambda d: _file(d).update(path="app/../../x"),
    "a path with a backslash": lambda d: _file(d).update(path="app\\x"),
    "a path with a colon": lambda d: _file(d).update(path="C:x"),
    "a path with a newline": lambda d: _file(d).update(path="app/x\n"),
    "a path with an escape sequence": lambda d: _file(d).update(path="app/\x9b2J"),
    "a path that reads backwards": lambda d: _file(d).update(path="app/\u202egnp.exe"),
    "a path that is no text": lambda d: _file(d).update(path="app/\ud800"),
    "a path with two slashes": lambda d: _file(d).update(path="app//x"),
    "an empty path": lambda d: _file(d).update(path=""),
    "a file over release.json": lambda d: _file(d).update(path="release.json"),
    "a path twice": lambda d: d["links"][0].update(path="app/lib/one.so"),
    "a file as a folder": lambda d: d["links"][0].update(path="app/lib/one.so/x"),
    "a second model": lambda d: _file(d).update(path="models/other.gguf"),
    "no model": lambda d: d["files"].pop(0),
    "a model under another hash": lambda d: d["files"][0].update(sha256=APP),
    "a hash in capitals": lambda d: _file(d).update(sha256="B" * 64),
    "a short hash": lambda d: _file(d).update(sha256="b" * 63),
    "a blob that is a path": lambda d: d["blobs"][0].update(sha256="../x"),
    "a blob twice": lambda d: d["blobs"].append(d["blobs"][0]),
    "a set-uid file": lambda d: _file(d).update(mode=0o4755),
    "sizes that do not add up": lambda d: _file(d).update(size=5),
    "a part outside its blob": lambda d: _file(d)["parts"][0].update(offset=7),
    "a part before its blob": lambda d: _file(d)["parts"][0].update(offset=-1),
    "a blob that is not there": lambda d: _file(d)["parts"][0].update(blob=1),
    "a blob counted from the end": lambda d: _file(d)["parts"][0].update(blob=-1),
    "a size that is true": lambda d: _file(d)["parts"][0].update(blob=True),
    "an absurd size": lambda d: d["blobs"][0].update(size=1 << 60),
    "a link out of the folder": lambda d: d["links"][0].update(target="../../x"),
    "an absolute link": lambda d: d["links"][0].update(target="/etc/passwd"),
    "a link to a folder": lambda d: d["links"][0].update(target="lib"),
    "a link to itself": lambda d: d["links"][0].update(target="two.so"),
    "a link to the model": lambda d: d["links"][0].update(target=f"../{model_path(MODEL)}"),
    "an empty link": lambda d: d["links"][0].update(target=""),
}


@pytest.mark.parametrize("what", BREAKS)
def test_refuses(what: str) -> None:
    data = json.loads(a_release().to_json())
    BREAKS[what](data)
    with pytest.raises(IntegrityProblem) as caught:
        Release.from_json(canonical(data))
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "null", "1", '"x"', '{"schema": 1}', pytest.param("[" * 100_000, id="deep")],
)
def test_refuses_what_is_no_release(text: str) -> None:
    with pytest.raises(IntegrityProblem):
        Release.from_json(text)


def test_a_link_may_climb_inside_the_folder() -> None:
    data = json.loads(a_release().to_json())
    data["links"].append({"path": "app/deep/three.so", "target": "../lib/one.so"})
    assert Release.from_json(canonical(data)).links[1].target == "../lib/one.so"


@pytest.mark.parametrize("path", ["a", "a/b c", "it's", "ü/$x", "-n", "a.b/.c"])
def test_plain_paths_are_safe(path: str) -> None:
    assert safe_path(path)


def test_an_assistant_survives_its_own_text() -> None:
    assistant = Assistant(
        name="Rig",
        language="en",
        system_prompt="Answer.\nBriefly.",
        examples=("One?", "Two?"),
        model="../../models/x.gguf",
        model_name="tiny",
        quantization="Q4_K_M",
        template="phi3",
        context=1024,
        max_tokens=128,
        library="library.sqlite",
        passages=3,
        passage_tokens=400,
        evidence_only=True,
    )
    assert Assistant.from_json(assistant.to_json()) == assistant
    sealed = replace(assistant, feedback_recipients=("age1abc",), ask_who=False)
    assert Assistant.from_json(sealed.to_json()) == sealed
    sampled = replace(assistant, temperature=0.7, top_k=20, repeat_penalty=1.1, quotes_only=True)
    assert Assistant.from_json(sampled.to_json()) == sampled
    assert sampled.sampling == Sampling(temperature=0.7, top_k=20, repeat_penalty=1.1)
    older = json.loads(assistant.to_json())
    samplers = {"temperature", "top_p", "top_k", "min_p", "repeat_penalty", "quotes_only"}
    for name in {"feedback_recipients", "ask_who"} | samplers:  # keys that came later
        del older[name]
    assert Assistant.from_json(json.dumps(older)) == assistant


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"examples": 1}'])
def test_refuses_what_is_no_assistant(text: str) -> None:
    with pytest.raises(IntegrityProblem):
        Assistant.from_json(text)
