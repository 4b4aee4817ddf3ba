"""Writes ``docs/profile.schema.json``: ``python -m fieldkit.packager.profile_schema``."""

from __future__ import annotations

from pathlib import Path

from fieldkit.core.profile import schema_json

PATH = Path(__file__).resolve().parents[2] / "docs" / "profile.schema.json"


def main() -> None:
    """Write the schema of this version into the checkout."""
    aside = PATH.with_name(f".{PATH.name}.part")
    aside.write_text(schema_json(), encoding="utf-8", newline="\n")
    aside.replace(PATH)


if __name__ == "__main__":
    main()
