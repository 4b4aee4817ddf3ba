"""Files of one name: revisions, languages, sites, formats and copies are kept apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read_folders
from fieldkit.library.folder_language import language_of
from fieldkit.library.index import build
from fieldkit.library.search import Library


def manuals(folder: Path, **files: str) -> Path:
    """Write files; in a name ``__`` stands for a slash and ``_dot_`` for the dot."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".").replace("_", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def named(folder: Path) -> dict[str, str]:
    return {document.file: document.document for document in read_folders([folder]).documents}


def warnings_of(folder: Path) -> list[str]:
    return [f"{file}: {warning}" for file, warning in read_folders([folder]).warnings]


def superseded(folder: Path, target: Path) -> dict[str, str]:
    build(target, read_folders([folder]).documents)
    with Library.open(target) as library:
        return {f"{m.document} {m.revision}".strip(): m.superseded_by for m in library.documents()}


def test_the_same_name_in_folders_of_two_languages_is_two_documents(tmp_path: Path) -> None:
    manuals(tmp_path, en__PX_204_dot_md="Fill 12 l.", es__PX_204_dot_md="Llenar con 12 l.")
    assert named(tmp_path) == {"en/PX-204.md": "PX-204 (en)", "es/PX-204.md": "PX-204 (es)"}
    assert warnings_of(tmp_path) == [
        f"{language}/PX-204.md: it is called PX-204 ({language}), since other files have its name, "
        "too; to call it otherwise, rename the file or, in Markdown, put document: into its front "
        "matter"
        for language in ("en", "es")
    ]


def test_each_language_has_its_own_revisions(tmp_path: Path) -> None:
    folder = manuals(
        tmp_path / "manuals",
        en__PX_204_rev_B_dot_md="Old.",
        en__PX_204_rev_C_dot_md="New.",
        Deutsch__PX_204_rev_B_dot_md="Alt.",
    )
    assert superseded(folder, tmp_path / "library.sqlite") == {
        "PX-204 (Deutsch) B": "",
        "PX-204 (en) B": "rev C",
        "PX-204 (en) C": "",
    }


def test_a_translation_beside_the_original_is_another_document(tmp_path: Path) -> None:
    manuals(tmp_path, PX_204_rev_C_dot_md="Fill it.", es__PX_204_rev_B_dot_md="Llenar.")
    assert named(tmp_path) == {"PX-204-rev-C.md": "PX-204", "es/PX-204-rev-B.md": "PX-204 (es)"}


def test_other_folders_hold_revisions_of_one_document(tmp_path: Path) -> None:
    folder = manuals(
        tmp_path / "manuals",
        current__PX_204_rev_C_dot_md="New.",
        archive__PX_204_rev_B_dot_md="Old.",
    )
    assert superseded(folder, tmp_path / "library.sqlite") == {"PX-204 B": "rev C", "PX-204 C": ""}
    assert warnings_of(folder) == []


def test_the_same_revision_in_two_folders_is_two_documents(tmp_path: Path) -> None:
    manuals(tmp_path, site_a__pumps__PX_204_dot_md="Fill 12 l.", site_b__PX_204_dot_md="Fill 9 l.")
    assert list(named(tmp_path).values()) == ["PX-204 (site-a/pumps)", "PX-204 (site-b)"]


def test_a_file_of_the_folder_itself_keeps_its_name(tmp_path: Path) -> None:
    manuals(tmp_path, PX_204_dot_md="Fill 12 l.", old__PX_204_dot_md="Fill 9 l.")
    assert named(tmp_path) == {"PX-204.md": "PX-204", "old/PX-204.md": "PX-204 (old)"}


def test_what_is_named_by_its_folder_is_still_superseded(tmp_path: Path) -> None:
    """Two scans of an old revision must not read as if they held."""
    folder = manuals(
        tmp_path / "manuals",
        current__PX_204_rev_C_dot_md="320 Nm.",
        archive__2019__PX_204_rev_B_dot_md="300 Nm.",
        archive__2020__PX_204_rev_B_dot_md="300 Nm, signed.",
    )
    assert superseded(folder, tmp_path / "library.sqlite") == {
        "PX-204 (2019) B": "rev C",
        "PX-204 (2020) B": "rev C",
        "PX-204 C": "",
    }


def test_two_sites_with_the_newest_revision_supersede_the_old_one_only(tmp_path: Path) -> None:
    folder = manuals(
        tmp_path / "manuals",
        a__PX_204_rev_C_dot_md="320 Nm.",
        b__PX_204_rev_C_dot_md="320 Nm here.",
        old__PX_204_rev_B_dot_md="300 Nm.",
    )
    assert superseded(folder, tmp_path / "library.sqlite") == {
        "PX-204 (a) C": "", "PX-204 (b) C": "", "PX-204 B": "rev C",
    }  # fmt: skip


def test_two_formats_in_one_folder_are_two_documents(tmp_path: Path) -> None:
    manuals(tmp_path, PX_204_dot_md="Fill 12 l.", PX_204_dot_txt="Fill 12 l of oil.")
    assert named(tmp_path) == {"PX-204.md": "PX-204 (MD)", "PX-204.txt": "PX-204 (TXT)"}
    manuals(tmp_path, other__PX_204_dot_md="Fill 9 l.")
    assert named(tmp_path) == {
        "PX-204.md": "PX-204 (MD)",
        "PX-204.txt": "PX-204 (TXT)",
        "other/PX-204.md": "PX-204 (other)",
    }


def test_a_format_without_a_revision_neither_supersedes_nor_is_superseded(tmp_path: Path) -> None:
    folder = manuals(
        tmp_path / "manuals",
        PX_204_dot_txt="PX-204 pump\nFill 12 l.\n2027-01-01",
        PX_204_dot_md="# PX-204 pump\nRev. C\n\nFill 12 l.",
        old__PX_204_rev_B_dot_md="Fill 11 l.",
    )
    assert superseded(folder, tmp_path / "library.sqlite") == {
        "PX-204 C": "", "PX-204 (TXT)": "", "PX-204 B": "rev C",
    }  # fmt: skip
    question, called = warnings_of(folder)
    assert question == (
        "PX-204.txt: no revision is found in it; whether it is rev C, as PX-204.md is, cannot be "
        "determined"
    )
    assert called.startswith("PX-204.txt: it is called PX-204 (TXT)")


def test_a_copy_in_another_folder_is_indexed_once_and_named(tmp_path: Path) -> None:
    manuals(
        tmp_path,
        a__PX_204_dot_md="Fill 12 l.",
        b__PX_204_dot_md="Fill 12 l.",
        c__PX_204_dot_md="Fill 12 l.",
    )
    assert named(tmp_path) == {"a/PX-204.md": "PX-204"}
    assert warnings_of(tmp_path) == [
        "a/PX-204.md: b/PX-204.md, c/PX-204.md are the same, byte for byte, and not indexed again"
    ]


def test_a_copy_under_another_name_is_indexed_once_and_found_by_both(tmp_path: Path) -> None:
    """A technician looks for the pump that stands before him."""
    folder = tmp_path / "manuals"
    manuals(folder, PX_204_dot_md="Fill 12 l.", PX_205_dot_md="Fill 12 l.")
    assert named(folder) == {"PX-204.md": "PX-204"}
    assert warnings_of(folder) == [
        "PX-204.md: PX-205.md is the same, byte for byte, and not indexed again"
    ]
    build(tmp_path / "library.sqlite", read_folders([folder]).documents)
    with Library.open(tmp_path / "library.sqlite") as library:
        assert [manual.title for manual in library.documents()] == ["PX-204; PX-205"]
        found = library.find("How much does the PX-205 take?", 3)
    assert [passage.text for passage in found.passages] == ["Fill 12 l."]
    assert found.missing == ()


@pytest.mark.parametrize("copy", ["Copy of PX-204", "PX-204 (1)", "PX-204 - Kopie", "A_copy"])
def test_of_equal_files_the_one_that_is_not_called_a_copy_is_kept(
    tmp_path: Path, copy: str
) -> None:
    for name in (copy, "PX-204"):
        (tmp_path / f"{name}.md").write_text("Fill 12 l.")
    (document,) = read_folders([tmp_path]).documents
    assert (document.file, document.title) == ("PX-204.md", "PX-204")


def test_of_equal_files_the_newest_revision_is_kept(tmp_path: Path) -> None:
    manuals(tmp_path, P_rev_A_dot_md="Fill 12 l.", P_rev_B_dot_md="Fill 12 l.")
    (document,) = read_folders([tmp_path]).documents
    assert (document.document, document.revision) == ("P", "B")


def test_the_name_in_the_front_matter_comes_first(tmp_path: Path) -> None:
    front = "---\ndocument: {}\n---\nText {}.\n"
    manuals(
        tmp_path,
        en__PX_204_dot_md=front.format("PX-204-EN", 1),
        es__PX_204_dot_md=front.format("PX-204-ES", 2),
        x__one_dot_md=front.format("TX-9", 3),
        y__two_dot_md=front.format("TX-9", 4),
    )
    assert list(named(tmp_path).values()) == ["PX-204-EN", "PX-204-ES", "TX-9 (x)", "TX-9 (y)"]


def test_two_files_of_a_folder_that_claim_one_name_are_a_mistake(tmp_path: Path) -> None:
    front = "---\ndocument: TX-9\n---\nText {}.\n"
    manuals(tmp_path, one_dot_md=front.format(1), two_dot_md=front.format(2))
    for skip in (False, True):
        with pytest.raises(InvalidInput) as raised:
            read_folders([tmp_path], skip=skip)
        assert raised.value.problems == (
            "two.md: document TX-9 is also one.md, of the same revision",
        )


def test_a_name_that_is_given_and_would_be_given_is_a_mistake(tmp_path: Path) -> None:
    manuals(tmp_path, a__P_dot_md="1", b__P_dot_md="2")
    (tmp_path / "P (b).md").write_text("3")
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    assert "document P (b) is also" in raised.value.problems[0]


def test_one_name_written_in_two_ways_is_one_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "Pru\u0308fung rev B.md").write_text("Alt.")
    (tmp_path / "Pr\u00fcfung rev C.md").write_text("Neu.")
    assert set(named(tmp_path).values()) == {"Pr\u00fcfung"}


def test_capital_and_small_letters_are_one_name(tmp_path: Path) -> None:
    folder = manuals(
        tmp_path / "manuals",
        px_204_rev_B_dot_md="300 Nm.",
        new__PX_204_rev_C_dot_md="320 Nm.",
        a__KX_9_dot_md="Fill 12 l.",
        b__kx_9_dot_md="Fill 9 l.",
    )
    assert superseded(folder, tmp_path / "library.sqlite") == {
        "px-204 B": "rev C", "PX-204 C": "", "KX-9 (a)": "", "kx-9 (b)": "",
    }  # fmt: skip
    assert [line.partition(",")[0] for line in warnings_of(folder)] == [
        "a/KX-9.md: it is called KX-9 (a)",
        "b/kx-9.md: it is called kx-9 (b)",
    ]


def test_a_revision_that_only_one_of_two_has_is_a_question(tmp_path: Path) -> None:
    folder = manuals(
        tmp_path / "manuals", PX_204_dot_txt="PX-204\nFill 12 l.", new__PX_204_rev_C_dot_md="12 l."
    )
    (line,) = warnings_of(folder)
    assert line == (
        "PX-204.txt: rev C (new/PX-204-rev-C.md) counts as newer, though only one of the two has "
        "a revision"
    )


@pytest.mark.parametrize(
    ("folder", "language"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("pt-BR", "pt-br"),
        ("zh_Hans", "zh-hans"),
        ("english", "en"),
        ("Espa\u00f1ol", "es"),
        ("Espan\u0303ol", "es"),
        ("01_Deutsch", "de"),
        ("Manuals (French)", "fr"),
        ("manuals_es", "es"),
        ("\u0440\u0443\u0441\u0441\u043a\u0438\u0439", "ru"),
        ("\ud55c\uad6d\uc5b4", "ko"),
        ("eng", "en"),
        ("pumps", ""),
        ("CAT engines", ""),
        ("English and German", ""),
        ("xx", ""),
    ],
)
def test_folders_that_are_named_for_a_language(folder: str, language: str) -> None:
    assert language_of(f"manuals/{folder}/pumps/PX-204.md")[0] == language
