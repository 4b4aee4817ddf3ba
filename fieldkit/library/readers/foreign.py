"""Files whose extension says one format and whose content is another: what to do with them."""

from __future__ import annotations

from pathlib import Path

_HEAD = 4096
_LOOKED_AT = 64 << 20
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_STREAMS = (  # the first that is found decides
    ("EncryptedPackage", "it is encrypted; save it without a password"),
    ("Workbook", "it is an Excel workbook of before 2007 (.xls); save it as .xlsx"),
    ("WordDocument", "it is a Word document of before 2007 (.doc); save it as .docx"),
    ("PowerPoint Document", "it is a PowerPoint presentation of before 2007 (.ppt)"),
    ("Book", "it is an Excel workbook of before 1997 (.xls); save it as .xlsx"),
)
_HEADS = (
    (b"%PDF-", "it is a PDF; name it .pdf"),
    (b"\x1f\x8b", "it is compressed with gzip; unpack it"),
    (b"{\\rtf", "it is in Rich Text Format; save it as .docx"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
)


def foreign(path: Path) -> str:
    """What ``path`` is by its first bytes and what to do, as a reason; "" if it is not known."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(_OLE):
            return _of_ole(head + file.read(_LOOKED_AT))
    for start, reason in _HEADS:
        if head.startswith(start):
            return reason
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith(b"<?xml") and b"office:spreadsheet" in text:
        return "it is an XML Spreadsheet of 2003; save it as .xlsx"
    if text.startswith(b"<?xml"):
        return "it is XML that is not packed; open it in its program and save it as an office file"
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head")):
        return "it is a web page; name it .html"
    return "" if head else "it is empty"


def _of_ole(data: bytes) -> str:
    for name, reason in _OLE_STREAMS:
        if name.encode("utf-16-le") in data:
            return reason
    return "it is encrypted, or of a format before 2007"
