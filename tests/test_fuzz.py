"""What fuzzing has found stays mended, and damaged inputs are tried at each run of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from tests.fuzz.changes import UNCHECKED
from tests.fuzz.running import MARKER, Files, FoundError, Ran, attempt, decoded, encoded, judge, once, smallest
from tests.fuzz.targets import PLAIN, TARGETS
from tests.support.run import ROOT

FOUND = sorted((ROOT / "tests" / "fuzz" / "found").glob("*.json"))
MANY, FEW = 200, 25
"""How many inputs are tried on each part; programs are run for the few."""


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_is_mended(path: Path, tmp_path: Path) -> None:
    target, _, files = decoded(path.read_text(encoding="utf-8"))
    attempt(TARGETS[target].run, files, tmp_path / "input", twice=not TARGETS[target].slow)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_inputs_show_no_mistake(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]

    def try_one(files: Files) -> None:
        attempt(target.run, files, tmp_path / "input", twice=False)

    how = settings(max_examples=FEW if target.slow else MANY, phases=[Phase.generate], suppress_health_check=UNCHECKED)
    how(given(target.inputs())(try_one))()


# the judge itself


@pytest.mark.parametrize("name", ["manifests", "configurations", "ignored", "comments", "scripts"])
def test_the_command_lines_find_what_is_wrong(name: str, tmp_path: Path) -> None:
    (ran,) = once(TARGETS[name].run, PLAIN, tmp_path / "input")
    assert ran.status == 1
    assert "warning[mutable-tag]" in ran.said
    assert "::warning file=pod.yaml" in ran.said


@pytest.mark.parametrize(
    ("ran", "kind"),
    [
        (
            Ran(2, "cmlint: error: KeyError in a.b, line 3\nhelp: this is a mistake in cmlint, "),
            "a mistake in cmlint: KeyError",
        ),
        (Ran(1, "the rule `a` has crashed: KeyError in a.b"), "a mistake in cmlint: KeyError"),
        (Ran(130, ""), "the exit status is 130"),
        (Ran(0, "a\x1b[0m"), "it prints a control character"),
        (Ran(0, "a\u202eb"), "it prints a control character"),
        (Ran(0, f"a {MARKER}"), "it shows a Secret's value"),
    ],
)
def test_what_none_may_do_is_seen(ran: Ran, kind: str) -> None:
    with pytest.raises(FoundError) as found:
        judge(ran)
    assert found.value.kind == kind


def test_what_takes_too_long_or_differs_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.running.SECONDS", 0.05)
    answers = iter("ab")

    def endless(_: Path) -> None:
        while True:
            pass

    with pytest.raises(FoundError, match="it takes too long"):
        attempt(endless, {}, tmp_path / "input")  # type: ignore[arg-type]
    with pytest.raises(FoundError, match="two runs give different answers"):
        attempt(lambda _: iter([Ran(0, next(answers))]), {}, tmp_path / "input")


def test_an_input_is_made_small_and_kept_exactly(tmp_path: Path) -> None:
    def run(folder: Path) -> list[Ran]:
        judge(Ran(0, "\x1b" if b"x\xff" in (folder / "a").read_bytes() else ""))
        return []

    files = {"a": "one\ntwo x\udcff\nthree\n", "b": "other"}
    small = smallest(run, files, "it prints a control character", tmp_path / "input")  # type: ignore[arg-type]
    assert small == {"a": "x\udcff"}
    assert decoded(encoded("names", "kind", small)) == ("names", "kind", small)
