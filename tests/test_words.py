"""New texts use the words of CONTRIBUTING.md; old ones may only get better."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.words import banned, counted, numbers, offences

LOWER = "run `python -m tests.support.words`, which lowers the numbers in tests/words.json"
SHOW = "`python -m tests.support.words FILE` shows them"


def test_no_file_gets_more_offences() -> None:
    allowed = numbers()
    more = {name: count for name, count in counted().items() if count > allowed.get(name, 0)}
    assert more == {}, f"use the words of CONTRIBUTING.md; {SHOW}"


def test_the_numbers_only_shrink() -> None:
    now = counted()
    less = {name: count for name, count in numbers().items() if count > now.get(name, 0)}
    assert less == {}, f"thank you; {LOWER}"


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
