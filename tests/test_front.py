"""The fast parser and typer read every line alike."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.__main__ import parse_plainly
from cmlint.cli import COMMANDS
from cmlint.cli.app import parse_with_typer
from cmlint.cli.parameters import Command, Parameter
from cmlint.errors import FatalError


def commands() -> dict[str, Command]:
    """All commands by name."""
    return {name: import_module(f"cmlint.cli.{name}").COMMAND for name in COMMANDS}


def with_typer(words: list[str]) -> Any:
    """What typer makes of a line: the command's options, or None where it answers itself or refuses."""
    try:
        answer = parse_with_typer(words)
    except FatalError:
        return None
    return answer if isinstance(answer, tuple) else None


def words_for(parameter: Parameter) -> st.SearchStrategy[list[str]]:
    """Right and wrong ways to give one parameter."""
    flags = st.sampled_from(parameter.flags or ("-",))
    value = st.sampled_from((*parameter.choices, "a", "a,b", "", "-", "--", "-v", "--select", "x=y", "é"))
    return st.one_of(
        flags.map(lambda flag: [flag]),
        value.map(lambda text: [text]),
        st.tuples(flags, value).map(list),
        st.tuples(flags, value).map("=".join).map(lambda word: [word]),
    )


def lines(command: Command) -> st.SearchStrategy[list[str]]:
    """Lines of a command, most of them nearly right."""
    parts = [words_for(parameter) for parameter in command.parameters]
    odd = st.sampled_from((["--nope"], ["-x"], ["-vq"], ["--"], ["---"], ["--verbose=1"], ["--sel"]))
    return st.lists(st.one_of(*parts, odd), max_size=5).map(lambda lists: [word for words in lists for word in words])


@pytest.mark.parametrize("name", COMMANDS)
@given(data=st.data())
def test_what_the_front_parses_typer_parses_alike(name: str, data: st.DataObject) -> None:
    words = [name, *data.draw(lines(commands()[name]))]
    plainly = parse_plainly(words)
    if plainly is not None:
        assert with_typer(words) == plainly


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "-"],
        ["check", "a", "b", "--format", "json"],
        ["check", "--format=json", "a"],
        ["check", "--select", "a,b", "--select=c", "--ignore", "d"],
        ["check", "--output", "-", "-q", "-v", "--pedantic"],
        ["check", "--", "--pedantic"],
        ["check", "--exclude", "--quiet"],
        ["check", "--select="],
        ["env", "-w", "deployment/web", "-n", "shop"],
        ["rule"],
        ["rule", "missing-key"],
        ["schema"],
    ],
)
def test_a_plain_line_needs_no_typer(words: list[str]) -> None:
    plainly = parse_plainly(words)
    assert plainly is not None
    assert plainly == with_typer(words)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["--version"],
        ["chekc"],
        ["check", "--help"],
        ["check", "--nope"],
        ["check", "-vq"],
        ["check", "--quiet=1"],
        ["check", "--format"],
        ["check", "--format", "xml"],
        ["check", "--form", "json"],
        ["rule", "a", "b"],
        ["schema", "a"],
    ],
)
def test_every_other_line_is_left_to_typer(words: list[str]) -> None:
    assert parse_plainly(words) is None
