"""All texts use the words of CONTRIBUTING.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.run import ROOT
from tests.support.words import banned, files, offences


def test_no_text_has_an_offence() -> None:
    found = [f"{path.relative_to(ROOT)}:{offence}" for path in files() for offence in offences(path)]
    assert found == [], "use the words of CONTRIBUTING.md"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It mends the file.", ["mends"]),
        ("The image is no valid reference.", ["is no"]),
        ("The image is no longer used.", []),
        ("There is no image.", []),
        ("The reader is told of it.", ["is told"]),
        ("Show the others, too.", [", too"]),
        ("Too many files, too many names.", []),
        ("Nor does it read the rest.", ["Nor does"]),
        ("Under this heading stand files.", ["Under this heading stand files"]),
        ("Below each folder comes a file.", ["Below each folder comes a"]),
        ("All keys but for the last.", ["but for"]),
        ("Run `mend` with `is told`.", []),
        ("cmlint fixes the file, and reports the rest.", []),
    ],
)
def test_what_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    (tmp_path / "a.md").write_text(f"# A page\n\n{text}\n", encoding="utf-8")
    (tmp_path / "a.py").write_text(f'SAID = """{text}"""\n# {text}\n', encoding="utf-8")
    assert offences(tmp_path / "a.md") == [f"3: {words}" for words in found]
    assert offences(tmp_path / "a.py") == sorted(f"{line}: {words}" for line in (1, 2) for words in found)


def test_every_pattern_can_fail() -> None:
    assert banned().search("mend")
    assert not banned().search("recommend an amendment")
