"""The encoding of a text: marks, labels, UTF-8 and guesses."""

# ruff: noqa: RUF001 - texts of manuals hold such signs

from __future__ import annotations

import pytest

from fieldkit.library.readers.encoding import Undecodable, decoded_text

GERMAN = "Drehmoment 25 Nm ± 5 %, Temperatur 0–40 °C; Ölstand prüfen, Gehäuse öffnen"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_decides(encoding: str) -> None:
    found = decoded_text(GERMAN.encode(encoding), "windows-1251")
    assert (found.text, found.assumed, found.warnings) == (GERMAN, False, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [GERMAN, "代码;含义\nE 17;油位低\n" * 3])
def test_utf16_without_a_mark_is_seen(encoding: str, text: str) -> None:
    found = decoded_text(text.encode(encoding))
    assert (found.text, found.encoding, found.assumed) == (text, encoding, True)


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "latin1", "US-ASCII", "windows-1252", "ISO_8859-1"]
)
def test_labels_mean_what_browsers_take_them_for(label: str) -> None:
    text = "10–15 Nm, 0–40 °C, maker’s"
    assert decoded_text(text.encode("cp1252"), label).text == text


def test_utf8_under_another_label_is_utf8() -> None:
    assert decoded_text("0–40 °C".encode(), "iso-8859-1").text == "0–40 °C"
    assert decoded_text("油位".encode("gbk"), "gb2312").text == "油位"


@pytest.mark.parametrize("label", ["", "utf-8", "utf-16", "no-such-label"])
def test_plain_utf8_needs_no_label(label: str) -> None:
    assert decoded_text(GERMAN.encode(), label).text == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (GERMAN, "cp1252", "windows-1252"),
        ('"BT2";40008;"°C";10\n' * 5, "cp1252", "windows-1252"),
        ("1;±0,25 mm;5 m³/h;½ Zoll;10 µm\n", "cp1252", "windows-1252"),
        ("Vérifier le niveau d’huile à l’arrêt; 40 °C, cœur", "cp1252", "windows-1252"),
        ("Contrôle nº 5 · température à 40 °C", "cp1252", "windows-1252"),
        ("Sprawdź poziom oleju; dokręć śruby, żółty przewód", "cp1250", "windows-1250"),
        ("Zkontrolujte hladinu; utáhněte šrouby, žlutý vodič", "cp1250", "windows-1250"),
        ("Yağ seviyesini kontrol edin; cıvataları sıkın, şalter", "cp1254", "windows-1254"),
        ("Temperatur 40 °C; Öl prüfen, Gehäuse öffnen", "cp850", "ibm850"),
        ("Проверьте уровень масла; затяните болты 25 Нм", "cp1251", "windows-1251"),
        ("Проверьте уровень масла; затяните болты 25 Нм", "koi8_r", "koi8_r"),
        ("オイルレベルを確認してください。ボルトを25 Nmで締め付けます", "cp932", "shift_jis"),
        ("代码;含义\nE1;油位低\nE2;油温高\n", "gb18030", "gb18030"),
        ("檢查油位;以25牛米的力矩擰緊螺栓", "big5", "big5"),
        ("오일 레벨을 확인하십시오. 볼트를 25 Nm로 조이십시오", "cp949", "euc-kr"),
    ],
)  # fmt: skip
def test_what_nobody_declares_is_guessed_and_reported(text: str, encoding: str, named: str) -> None:
    found = decoded_text(text.encode(encoding))
    assert (found.text, found.encoding) == (text, named)
    assert [str(warning) for warning in found.warnings] == [
        f"the encoding is not declared; {named} was assumed"
    ]


def test_one_broken_byte_does_not_change_the_encoding() -> None:
    data = "Öl prüfen, Gehäuse öffnen, 40 °C".encode() + b" \xb0"
    found = decoded_text(data)
    assert found.text == "Öl prüfen, Gehäuse öffnen, 40 °C \ufffd"
    assert found.replaced == 1
    assert [warning.kind for warning in found.warnings] == ["damaged"]


def test_no_byte_is_dropped() -> None:
    found = decoded_text(b"torque 25\x81 Nm, Gr\xf6\xdfe")
    assert (found.text, found.replaced) == ("torque 25\ufffd Nm, Größe", 1)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(Undecodable, match="not text"):
        decoded_text(bytes(range(1, 32)) * 20)
    assert decoded_text(b"").text == ""
