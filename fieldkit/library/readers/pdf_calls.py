"""PDFium's functions for what a page has thousands of: characters and drawn objects.

``pypdfium2.raw`` makes a pointer object of every address that PDFium returns and checks one for
every argument. Here an object is its address, an int, None where there is none: a call takes
0.2 to 0.5 microseconds instead of 0.4 to 1.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache, partial
from struct import Struct
from types import SimpleNamespace
from typing import Any

_ADDRESS, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
# Function -> the kind of its result, and those of its arguments.
_KINDS: dict[str, tuple[Any, ...]] = {
    "FPDFText_CountChars": (_INT, _ADDRESS),
    "FPDFText_GetCharOrigin": (_INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS),
    "FPDFText_GetFontInfo": (_LONG, _ADDRESS, _INT, _ADDRESS, _LONG, _ADDRESS),
    "FPDFText_GetFontSize": (ctypes.c_double, _ADDRESS, _INT),
    "FPDFText_GetLooseCharBox": (_INT, _ADDRESS, _INT, _ADDRESS),
    "FPDFText_GetMatrix": (_INT, _ADDRESS, _INT, _ADDRESS),
    "FPDFText_GetText": (_INT, _ADDRESS, _INT, _INT, _ADDRESS),
    "FPDFText_GetTextObject": (_ADDRESS, _ADDRESS, _INT),
    "FPDFText_GetUnicode": (ctypes.c_uint, _ADDRESS, _INT),
    "FPDFText_HasUnicodeMapError": (_INT, _ADDRESS, _INT),
    "FPDFText_IsGenerated": (_INT, _ADDRESS, _INT),
    "FPDFTextObj_GetFont": (_ADDRESS, _ADDRESS),
    "FPDFTextObj_GetTextRenderMode": (_INT, _ADDRESS),
    "FPDFPage_CountObjects": (_INT, _ADDRESS),
    "FPDFPage_GetObject": (_ADDRESS, _ADDRESS, _INT),
    "FPDFFormObj_CountObjects": (_INT, _ADDRESS),
    "FPDFFormObj_GetObject": (_ADDRESS, _ADDRESS, _LONG),
    "FPDFPageObj_CountMarks": (_INT, _ADDRESS),
    "FPDFPageObj_GetBounds": (_INT, *[_ADDRESS] * 5),
    "FPDFPageObj_GetFillColor": (_INT, *[_ADDRESS] * 5),
    "FPDFPageObj_GetMark": (_ADDRESS, _ADDRESS, _LONG),
    "FPDFPageObj_GetMatrix": (_INT, _ADDRESS, _ADDRESS),
    "FPDFPageObj_GetType": (_INT, _ADDRESS),
    "FPDFPageObj_HasTransparency": (_INT, _ADDRESS),
    "FPDFPageObj_SetIsActive": (_INT, _ADDRESS, _INT),
    "FPDFPageObjMark_GetName": (_INT, _ADDRESS, _ADDRESS, _LONG, _ADDRESS),
    "FPDFPath_CountSegments": (_INT, _ADDRESS),
    "FPDFPath_GetDrawMode": (_INT, _ADDRESS, _ADDRESS, _ADDRESS),
    "FPDFPath_GetPathSegment": (_ADDRESS, _ADDRESS, _INT),
    "FPDFPathSegment_GetClose": (_INT, _ADDRESS),
    "FPDFPathSegment_GetPoint": (_INT, _ADDRESS, _ADDRESS, _ADDRESS),
    "FPDFPathSegment_GetType": (_INT, _ADDRESS),
}


@lru_cache(maxsize=1)
def calls() -> Any:
    """The functions above by their names, each for addresses in place of pointer objects."""
    import pypdfium2.raw as pdfium

    made = SimpleNamespace()
    for name, kinds in _KINDS.items():
        # So short a call need not release the interpreter's lock: PYFUNCTYPE keeps it.
        made.__dict__[name] = ctypes.PYFUNCTYPE(*kinds)(address(getattr(pdfium, name)))
    return made


def address(pointer: Any) -> int:
    """The address that a pointer object of ``pypdfium2`` holds; 0 for none."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


class Numbers:
    """Room for ``count`` numbers that PDFium writes, of a C type as ``struct`` names it.

    ``at``: the address of each; ``get()``: the numbers last written, as a tuple.
    """

    def __init__(self, kind: str, count: int) -> None:
        packed = Struct(f"{count}{kind}")
        self._room = ctypes.create_string_buffer(packed.size)
        first = ctypes.addressof(self._room)
        self.at = tuple(range(first, first + packed.size, packed.size // count))
        self.get: Callable[[], tuple[Any, ...]] = partial(packed.unpack, self._room)
