"""Commands in a text, cut into words with what the text gives to their variables."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import NamedTuple

from cmlint.kube.names import bare_path
from cmlint.manifest.images import has_any
from cmlint.manifest.images.variables import UNKNOWN, Variables
from cmlint.manifest.shell import BLANK, VARIABLE, Cutter

NEAR = 200
"""A verb is searched for in this number of characters behind its program."""

PRINTS = re.compile(
    r"(?:^|[;&|(]|\bthen|\bdo|[ \t]-|\b(?:run|script|command|cmd|sh|bash|powershell|pwsh):)[ \t]*[\"']?[@-]*"
    r"(?:echo|printf|print|info|log\w*|\$\((?:info|warning))\b[^;&|]*\Z"
)
PRINTERS = ("echo", "print", "info", "log", "$(warning")
"""What is before a command that is only printed, and the words of which it has one."""

REACH = 1000
"""The number of characters before a command that are searched."""

COMMENT = re.compile(r"[ \t]*(?:-[ \t]*)?(?:#|//|::|REM\b|@REM\b|<!--)")
"""What makes a line one that says nothing to a machine."""


class PlainCutter(Cutter):
    """Cuts a command into words with `*` for what is not known."""

    def cut(self) -> list[str]:
        """The words up to the end of the command."""
        return [word.replace(VARIABLE, UNKNOWN).replace(BLANK, UNKNOWN) for word in super().cut()]


class Filler(PlainCutter):
    """Cuts a command into words with what its variables are.

    Of those with several values, `turn` says which is taken; afterwards `turns` is the number of values.
    """

    def __init__(self, text: str, position: int, around: str, variables: Variables, turn: int = 0) -> None:
        super().__init__(text, position, around)
        self.variables, self.start, self.turn, self.turns, self.filled = variables, position, turn, 1, False

    def value_of(self, expansion: str) -> str:
        """What an expansion gives."""
        self.filled = True
        choices = self.variables.looped(expansion, self.start)
        value = UNKNOWN if choices else self.variables.expand(expansion)
        if value == UNKNOWN and (choices := choices or self.variables.choices(expansion, self.start)):
            self.turns = max(self.turns, len(choices))
            return choices[self.turn % len(choices)]
        return value


class Opener(PlainCutter):
    """Cuts a command into words with `{-NAME}` for each variable."""

    def __init__(self, text: str, position: int, around: str, variables: Variables) -> None:
        super().__init__(text, position, around)
        self.variables = variables

    def value_of(self, expansion: str) -> str:
        """What represents an expansion."""
        return self.variables.hole(expansion)


def is_printed(before: str) -> bool:
    """Whether a command is only printed, by what is before it on its line."""
    return has_any(before, PRINTERS) and PRINTS.search(before) is not None


BRACE = r"[{}]|\bdir[ \t]*\(?[ \t]*[\"'](?P<folder>[^\"'\n]+)[\"'][ \t]*\)?[ \t]*\{"
"""https://www.jenkins.io/doc/pipeline/steps/workflow-basic-steps/#dir-change-current-directory"""

STEP = r"(?m)^(?P<indent>[ \t]*)(?P<item>-[ \t]+)?(?P<key>run|cmds|command|script|bash|pwsh|powershell):"
FOLDERS = {"run": "working-directory", "cmds": "dir", "command": "working_directory"}
"""The keys of steps with commands, each with that of the folder: GitHub, Taskfile, CircleCI, and else Azure."""

DEFAULTS = (
    r"(?m)^(?P<indent>[ \t]*)defaults:[ \t]*\n[ \t]+run:[ \t]*\n(?:[ \t]+shell:[^\n]*\n)?"
    r"[ \t]+working-directory:[ \t]*(?P<folder>\S+)"
)
FAR = 8_000
"""The number of characters before a command in which the folder of what it is in is searched."""


def inside(text: str, at: int) -> str:
    """The folder of the block or the step that a command is in: `dir('app') { ... }`, `working-directory: app`."""
    start = max(at - FAR, 0)
    if "dir" in text and (blocks := blocks_around(text, start, at)):
        return "/".join(blocks)
    steps = list(re.compile(STEP).finditer(text, start, at))
    return folder_of(text, steps[-1]) or folder_of_job(text, start, at) if steps else ""


def blocks_around(text: str, start: int, at: int) -> list[str]:
    """The folders of the blocks of a Jenkinsfile that a character is in, the outermost first."""
    found: list[str] = []
    for brace in re.compile(BRACE).finditer(text, start, at):
        if brace[0] != "}":
            found.append((brace["folder"] or "").strip("/"))
        elif found:
            found.pop()
    return [folder for folder in found if folder]


def folder_of(text: str, step: re.Match[str]) -> str:
    """What a step has beside its commands as the folder in which they run."""
    column = step.start("key") - step.start()
    name = FOLDERS.get(step["key"], "workingDirectory")
    key = re.compile(rf"[ -]{{{column}}}{name}:[ \t]*[\"']?([^\s\"'#]+)")
    above = text[max(step.start() - FAR, 0) : step.start()].split("\n")[-2::-1]
    below = text[step.end() : step.end() + FAR].split("\n")[1:]
    if not step["item"]:
        inner = list(takewhile(lambda line: indent_of(line) >= column, above))
        for line in (*inner, *above[len(inner) : len(inner) + 1]):
            if found := key.match(line):
                return found[1]
    beside = takewhile(lambda line: indent_of(line) >= column, below)
    return next((found[1] for line in beside if (found := key.match(line))), "")


def folder_of_job(text: str, start: int, at: int) -> str:
    """The folder in which all commands of a job run, or of a workflow."""
    for found in [*re.compile(DEFAULTS).finditer(text, start, at)][:-3:-1]:
        if all(indent_of(line) >= len(found["indent"]) for line in text[found.end() : at].split("\n")[1:-1]):
            return found["folder"]
    return ""


def indent_of(line: str) -> int:
    """How many blanks a line begins with; a blank line or a comment has no end of them."""
    bare = line.lstrip()
    return len(line) - len(bare) if bare and not bare.startswith("#") else FAR


CHANGES = r"(?:^|[\s;&(\"'])(?:cd|pushd)[ \t]+[\"']?([^\s;&|\"')]+)"
CHANGERS = ("cd ", "cd\t", "pushd")
"""How a command goes into a folder."""


def folder_before(text: str, start: int, end: int, variables: Variables) -> str:
    """The folder into which the same line, or the one before it, goes first (`cd deploy && ...`)."""
    begin = text.rfind("\n", 0, max(start - 1, 0)) + 1
    before = text[max(begin, end - REACH) : end]
    found = re.findall(CHANGES, before) if has_any(before, CHANGERS) else ()
    folder = variables.fill(found[-1]) if found else ""
    return "" if UNKNOWN in folder else bare_path(folder)


GUARD = re.compile(
    r"\n[ \t]*(?:if[ \t]+\[\[?[ \t]+[\"']?\$\{?(?P<name>\w+)\}?[\"']?[ \t]+(?P<sign>!=|==?)[ \t]+"
    r"[\"']?(?P<value>[\w./:-]*)[\"']?[ \t]+\]\]?[ \t]*(?:;|\r?\n|then)|(?P<word>if|elif|else|fi)\b)"
)
"""The parts of an `if` of a shell; the value of a variable decides over one with a name."""


class Guard(NamedTuple):
    """What holds in a branch of an `if`: that a variable has a value, or that it has another one."""

    name: str
    value: str
    same: bool


def is_ruled_out(text: str, at: int, command: str, variables: Variables) -> bool:
    """Whether a command with a variable is not run with the value that the text gives to it.

    As in `if [ "$REGISTRY" != "local" ]; then docker push $REGISTRY/app; fi`. Who gives it another value runs it.
    """
    for guard in guards_around(text, max(at - FAR, 0), at):
        value = variables.fill(f"${{{guard.name}}}")
        if UNKNOWN in value or (value == guard.value) == guard.same:
            continue
        if variables.given_value(guard.name, UNKNOWN).fill(command) != variables.fill(command):
            return True
    return False


def guards_around(text: str, start: int, at: int) -> list[Guard]:
    """The conditions of the branches that a character is in, as far as they compare a variable with a word."""
    found: list[Guard | None] = []
    for part in GUARD.finditer(text, start, at):
        if part["name"]:
            found.append(Guard(part["name"], part["value"], part["sign"] != "!="))
        elif part["word"] == "if":
            found.append(None)
        elif found:
            last = found.pop()
            if part["word"] == "else":
                found.append(last._replace(same=not last.same) if last else None)
            elif part["word"] == "elif":
                found.append(None)
    return [guard for guard in found if guard]
