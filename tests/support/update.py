"""Writes every generated document again: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.support import cases, evidence, golden, index, pages, picture, report, rooms, schema, settings, tools


def generated() -> Iterator[tuple[Path, str]]:
    """The generated files, and what they should hold."""
    for path in pages.rule_pages():
        yield path, pages.updated(pages.read(path))
    for folder in cases.told():
        yield folder / cases.EXPECTED, cases.found(folder)
    for case in golden.CASES:
        yield golden.path_of(case), golden.printed(case)
    yield index.INDEX, index.render()
    yield picture.FILE, picture.render()
    yield evidence.PAGE, evidence.render()
    yield report.FILE, report.render()
    yield rooms.PAGE, rooms.render()
    yield schema.FILE, schema.render()
    yield settings.FILE, settings.render()


def main() -> None:
    """Writes those that are stale."""
    tools.put_on_path()
    for path, text in generated():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
