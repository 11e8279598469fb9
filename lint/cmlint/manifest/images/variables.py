"""What a text puts in place of variables, where it sets one to a single value itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

from cmlint.manifest.commands import ASSIGNMENT, Assigned
from cmlint.manifest.images.loops import Loop, loops_in
from cmlint.manifest.images.searching import FromWord
from cmlint.manifest.shell import EXPANSION, LONGEST
from cmlint.model.facts import HOLE

UNKNOWN = "*"
"""Represents an unknown part."""

EXPRESSION = r"\$\{\{[^{}\n]*\}\}"
VALUE = re.compile(
    rf"""(?:(["'`])((?:{EXPRESSION}|[^"'`\n])*)\1|((?:\$\([^()\s]*\)|{EXPRESSION}|[^\s"'`;#&|,)])+))"""
    r"""[ \t]*(?:(?:[;#&,)|]|//).*|["']?[ \t]*>>.*|\\)?\r?\Z"""
)
"""A value to the end of its line, quoted or one word, or to where it is appended to a file (`>> $GITHUB_ENV`)."""

NAME = re.compile(
    r"\$?\{\{-?[ \t]*\.?(?:env\.|vars\.|variables\.|inputs\.|parameters\.|matrix\.)?(\w+)[ \t]*-?\}\}"
    r"|<<[ \t]*(?:pipeline\.)?parameters\.(\w+)[ \t]*>>|\$+\{(?:env|params)[.:](\w+)\}|\$env:(\w+)"
    r"|\$\[\[[ \t]*inputs\.(\w+)[ \t]*\]\]"
    r"|\$+\{(\w+)(?:,,|\^\^|:?[-=?+][^{}]*)?\}|\$+\((\w+)\)|\$+(\w+)|%(\w+)%"
)
"""A variable by its name, of a shell, make, a CI system or a task runner."""

GITHUB = re.compile(r"\$\{\{[ \t]*(?:github|gitea|forgejo)\.([\w.]+)[ \t]*\}\}")
OWN = {
    "github.repository": "{repository}",
    "GITHUB_REPOSITORY": "{repository}",
    "github.repository_owner": "{owner}",
    "GITHUB_REPOSITORY_OWNER": "{owner}",
    "github.ref_name": "{branch}",
    "github.head_ref": "{branch}",
    "GITHUB_REF_NAME": "{branch}",
    "github.event.repository.name": "{name}",
    "CI_PROJECT_NAME": "{name}",
    "CI_PROJECT_PATH": "*/{name}",
    "CI_REGISTRY_IMAGE": "*/{name}",
    "CI_COMMIT_BRANCH": "{branch}",
    "CI_COMMIT_REF_NAME": "{branch}",
    "CI_COMMIT_REF_SLUG": "{branch}",
    "DRONE_REPO": "{repository}",
    "DRONE_REPO_NAME": "{name}",
    "DRONE_REPO_OWNER": "{owner}",
    "DRONE_BRANCH": "{branch}",
    "CIRCLE_BRANCH": "{branch}",
    "BITBUCKET_BRANCH": "{branch}",
    "BITBUCKET_REPO_FULL_NAME": "{repository}",
    "BITBUCKET_REPO_SLUG": "{name}",
    "BITBUCKET_WORKSPACE": "{owner}",
    "CI_REPO": "{repository}",
    "CI_REPO_NAME": "{name}",
    "CI_REPO_OWNER": "{owner}",
    "CIRCLE_PROJECT_REPONAME": "{name}",
    "CIRCLE_PROJECT_USERNAME": "{owner}",
    "TRAVIS_REPO_SLUG": "{repository}",
    "TRAVIS_BRANCH": "{branch}",
    "BRANCH_NAME": "{branch}",
}
"""What CI systems set to the repository, its owner, its name without that, and the branch.

A repository of GitLab may be read in a copy that another host has under another owner, so only its name is taken.
"""

QUOTED = r"(?:\"[^\"\n]*\"|'[^'\n]*')"
PART = rf"(?:{QUOTED}|\$?[\w.]+)"
JOINED = re.compile(rf"({PART}(?:[ \t]*\+[ \t]*{PART})+)[ \t]*\r?\Z")
"""Strings and variables that are joined, as in Groovy: https://groovy-lang.org/syntax.html#_string_concatenation"""

PUT_IN = rf"(?:{QUOTED}|\$\w+)"
FORMATTED = re.compile(rf"[\"']([^\"'\n]*)[\"'][ \t]+-f[ \t]+({PUT_IN}(?:[ \t]*,[ \t]*{PUT_IN})*)[ \t]*\r?\Z")
"""A string of PowerShell and what is put into it: "Format operator" in `about_Operators`."""

NAMED = r"name:[ \t]*[\"']?(\w+)[\"']?"
PAIR = FromWord("value:", r"value:[ \t]*([^\s#].*)", rf"\n[ \t]*(?:-[ \t]+)?(?:{NAMED}|(\w+):)[ \t]*\r?\n[ \t]+", 2)
"""A variable whose value is a key of its own, in pipelines of Azure and GitLab."""

FISH = FromWord("set ", r"set(?:[ \t]+-\w+)*[ \t]+(\w+)[ \t]+([^\s=].*)", r"\n[ \t]*", 1)
GIVEN = FromWord(
    "default:",
    r"default:[ \t]*([^\s#].*)",
    rf"\n[ \t]*(?:-[ \t]+{NAMED}|(\w+):)[ \t]*\r?\n"
    r"(?:[ \t]+(?:type|description|displayName|required|options):[^\n]*\n){0,4}[ \t]+",
    6,
)
"""An input or a parameter with a default: of GitHub, GitLab, Azure and CircleCI."""

JENKINS = FromWord("defaultValue:", rf"\bname:[ \t]*['\"](\w+)['\"][^\n]{{0,200}}?\bdefaultValue:[ \t]*({QUOTED})")
"""A parameter of a Jenkinsfile."""

JUST = FromWord("{{", rf"\n@?[\w-]+(?:[ \t]+[*+$]?\w+)*[ \t]+[*+$]?(\w+)[ \t]*=[ \t]*({QUOTED})[^\n=]*:(?!=)")
"""A parameter of a recipe of just, with its default."""

TASK = FromWord(
    "default ",
    rf"\{{\{{[ \t]*\.\w+[ \t]*\|[ \t]*default[ \t]+({QUOTED})",
    r"\n[ \t]*(\w+):[ \t]*[\"']?",
    1,
)
"""A variable of a Taskfile with a default of its own."""

POWERSHELL = FromWord(
    "$",
    rf"(?i)\$(?:(?:env|script|global):)?(\w+)[ \t]*=[ \t]*"
    rf"({QUOTED}(?:[ \t]+(?:-f|\+)[ \t]+[^\n]+)?|\$\w+[ \t]+\+[ \t]+[^\n]+)",
    r"\n[ \t]*(?:\[\w+\][ \t]*)?",
    1,
)
"""A variable or a parameter of PowerShell with a string (`about_Variables`, `about_Environment_Variables`)."""

WITH_ENV = FromWord("withEnv", r"(?:withEnv[ \t]*\(?[ \t]*\[|,)\s*[\"'](\w+)=([^\"'\s,\]]+)[\"'](?=\s*[,\]])")
"""A variable of a step of Jenkins: https://www.jenkins.io/doc/pipeline/steps/workflow-basic-steps/#withenv-set-environment-variables"""

JSON = FromWord('"default"', r'"(\w+)":[ \t]*\{\s*"default":[ \t]*("[^"\n]*")')
HCL = FromWord("variable ", r'\nvariable[ \t]+"(\w+)"[ \t]*\{[^{}]*?\bdefault[ \t]*=[ \t]*("[^"\n]*")')
FORMS = (PAIR, FISH, HCL, GIVEN, JENKINS, WITH_ENV, JUST, TASK, POWERSHELL, JSON)
"""Forms of an assignment that shells and makefiles do not have: one group is the name, and the last one the value."""

COMMENT = r"\n[ \t]*#.*"
"""A line in which nothing is assigned, but perhaps explained how to."""

FLOW = (
    r"\n[ \t]*(?:-[ \t]+)?(?:env|environment|variables|vars|args):[ \t]*"
    r"\{((?:[^{}\n]|\{\{?[^{}\n]*\}\}?)*)\}[ \t]*(?=\n|\Z)"
)
"""Several variables on one line, as YAML has them in braces."""

FLOW_WORD = re.compile(r":(?=[ \t]*\{)(?:(?<=env:)|(?<=environment:)|(?<=variables:)|(?<=vars:)|(?<=args:))")

DEFAULT = r"\$(?<!\$\$)\$*\{(\w+):?[-=]([^{}$]*)\}"
"""An expansion with the value of a variable that is not set."""

EITHER = (
    r"\$\{\{[ \t]*((?:vars|inputs|env|github\.event\.(?:inputs|client_payload))\.[\w-]+)[ \t]*"
    r"\|\|[ \t]*'([^'{}]*)'[ \t]*\}\}"
)
"""The same in an expression of GitHub: `${{ vars.TAG || 'dev' }}`."""

USED = re.compile(r"\$[({]{0,2}[ \t]*(?:env\.)?\Z")
SET_HERE = re.compile(r"(?<![\w$.{(=-])(\w+)[ \t]*(?:[:?]?=|:(?!=))[ \t]*")
WORD = re.compile(r"\w")
"""What is before a variable that is used, and how one is set."""

NEAR = 20
"""The number of characters before a variable that show that it is used."""

MOST_CHOSEN = 50
"""The most variables of which a text may have several values."""

DEEPEST = 5

COMMENTED = re.compile(r"[ \t]*#")

MATRIX = re.compile(r"\{\{[ \t]*matrix\.([\w-]+)[ \t]*\}\}")
AXIS = (
    r"(?m)^[ \t]*(?:-[ \t]+)?([\w-]+):"
    r"(?:[ \t]*\[([^\]]{0,2000})\]|[ \t]*\r?\n((?:[ \t]*-[ \t]+[^\s:{\[][^\n:]*\n)+)|[ \t]+([^\s{\[].*)$)"
)
"""What a matrix of GitHub gives: a list on one line, a list below, or one value in `include`."""

MOST_VALUES = 50
"""The most values of a matrix with which one line is read."""

ITSELF = re.compile(
    r"[\"']?\$[{(]{0,3}[ \t]*(\w+)\b[^\"'{}()]*[)}]{0,3}[\"']?\s*|[\"']?\{\{[ \t]*\.(\w+)\b[^{}]*\}\}[\"']?\s*"
)
"""A value that is nothing but a variable, perhaps with a default."""

SET = re.compile(r"\b(\w+)=")

MOST_MARKS = 50
"""The number of places before a command in which the values of its variables are searched."""


class Variables:
    """The values that one text gives to its variables."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text, f"\n{text}"
        self.known: dict[str, str] = {}
        self.written: dict[str, str] = {}
        self.placed: dict[str, list[str]] = {}
        self.marks: dict[str, list[tuple[int, str | None]]] = {}
        self.without_arguments = False

    @cached_property
    def assigned(self) -> Assigned:
        """What is behind assignments, as shells and makefiles write them."""
        text = re.sub(COMMENT, "\n", self.lines) if "#" in self.text else self.lines
        if FLOW_WORD.search(text):
            text = re.sub(FLOW, lambda found: "\n" + found[1].replace(", ", "\n"), text)
        return Assigned(text)

    @cached_property
    def forms(self) -> dict[str, list[str]]:
        """What is behind assignments of other forms, by name."""
        places: dict[str, list[str]] = {}
        for form in FORMS:
            for before, found in form.find(self.lines):
                name, place = filter(None, (*before.groups(), *found.groups()))
                places.setdefault(name, []).append(place)
        return places

    def places(self, name: str) -> list[str]:
        """The text behind each assignment to a variable."""
        if name not in self.placed:
            places = self.assigned.of(name)
            for form in self.forms.get(name, ()):
                places = [*(place for place in places if place.strip() and not place.startswith(form)), form]
            self.placed[name] = places
        return self.placed[name]

    def names(self, words: re.Pattern[str]) -> Iterable[str]:
        """The variables that are set: those whose names have what a pattern finds, and those of other forms.

        The pattern goes on to the end of a name; its group is what makes it one that may be set.
        """
        text = self.assigned.text
        set_here = (ASSIGNMENT.match(text, begin_of(text, one.start())) for one in words.finditer(text) if one[1])
        return dict.fromkeys((*(found[1] for found in set_here if found), *self.forms))

    @cached_property
    def defaults(self) -> dict[str, set[str]]:
        """The values that expansions have where a variable is not set, by its name."""
        found: dict[str, set[str]] = {}
        for one in re.finditer(DEFAULT, self.text):
            found.setdefault(one[1], set()).add(one[2])
        return found

    def choices(self, expansion: str, at: int) -> list[str]:
        """The values that a variable may have at a place of the text, where each is known; none for only one value.

        They are those of the assignments before the place, back to where the variable was used before them: the
        branches of an `if`, or the steps of one of several jobs.
        """
        if found := MATRIX.search(expansion):
            return self.matrix.get(found[1], [])
        name = name_in(expansion)
        if len(self.places(name)) < 2:
            return []
        marks = self.marks_of(name)
        end = bisect_left(marks, at, key=lambda mark: mark[0])
        values: list[str] = []
        for _, value in reversed(marks[max(end - MOST_MARKS, 0) : end]):
            if value is not None:
                values.append(value)
            elif values:
                break
        if not values:
            values = [value for _, value in reversed(marks[end : end + MOST_MARKS]) if value is not None]
            values = values if self.is_templated(name, marks[end : end + MOST_MARKS]) else []
        return [] if UNKNOWN in values else list(dict.fromkeys(reversed(values)))

    @cached_property
    def loops(self) -> list[Loop]:
        """The loops of the text, in their order."""
        return sorted(loops_in(self.text, self.fill))

    def looped(self, expansion: str, at: int) -> list[str]:
        """The values that the nearest loop before a place gives to its variable."""
        name = name_in(expansion) if self.loops else ""
        return next((loop.values for loop in reversed(self.loops) if loop.name == name and loop.start < at), [])

    def in_loops(self, text: str, at: int) -> list[str]:
        """A text with what its variables are, once for each value of the loop that one of them comes from."""
        filled = self.fill(text)
        for loop in self.loops if UNKNOWN in filled else ():
            several = [self.given_value(loop.name, value).fill(text) for value in loop.values if loop.start < at]
            if any(one != filled for one in several):
                return several
        return [filled]

    def given_value(self, name: str, value: str) -> Variables:
        """The same variables, of which one has a value that it takes in a loop."""
        other = self.copy()
        other.known = {name: value}
        return other

    @cached_property
    def of_no_arguments(self) -> Variables:
        """The same variables in a script that is called without arguments, which then have their defaults."""
        other = self.copy()
        other.known, other.without_arguments = {}, True
        return other

    def copy(self) -> Variables:
        """The same variables, of which nothing is read again but what may differ."""
        other = Variables.__new__(Variables)
        vars(other).update(vars(self))
        return other

    @cached_property
    def matrix(self) -> dict[str, list[str]]:
        """The values that the matrices of workflows give, by their names."""
        found: dict[str, list[str]] = {}
        for block in re.finditer(r"(?m)^([ \t]*)matrix:[ \t]*\n((?:\1[ \t]+[^\n]*\n|[ \t]*\n)*)", self.text):
            for axis in re.finditer(AXIS, block[2]):
                words = axis[2].split(",") if axis[2] else (axis[3] or axis[4] or "").splitlines()
                values = [word.strip().removeprefix("-").strip().strip("\"'") for word in words]
                found.setdefault(axis[1], []).extend(value for value in values if value and "$" not in value)
        return {name: list(dict.fromkeys(values)) for name, values in found.items()}

    def is_templated(self, name: str, marks: list[tuple[int, str | None]]) -> bool:
        """Whether jobs of a pipeline set a variable in YAML alone, perhaps for a template above them."""
        ends = (at + len(name) for at, value in marks if value is not None)
        return all(self.text.startswith(":", end) for end in ends)

    def marks_of(self, name: str) -> list[tuple[int, str | None]]:
        """Where a variable is set, with its value, and where it is used, without one."""
        if name not in self.marks and len(self.marks) < MOST_CHOSEN:
            self.marks[name] = list(self.find_marks(name))
        return self.marks.get(name, [])

    def find_marks(self, name: str) -> Iterator[tuple[int, str | None]]:
        """The same, of a variable that is asked for the first time."""
        text, at = self.text, self.text.find(name)
        while at >= 0:
            if USED.search(text, max(at - NEAR, 0), at) and not WORD.match(text, at + len(name)):
                yield at, None
            elif (mark := SET_HERE.match(text, at)) and mark[1] == name and not is_commented(text, at):
                end = text.find("\n", mark.end())
                yield at, self.read(text[mark.end() : end if end >= 0 else None], 0)
            at = text.find(name, at + len(name))

    def fill(self, text: str, depth: int = 0) -> str:
        """A text with what its variables are; `*` for each that is not known."""
        if len(text) > LONGEST:
            return UNKNOWN
        filled = EXPANSION.sub(lambda found: self.expand(found[0], depth), text)
        return filled if len(filled) <= LONGEST else UNKNOWN

    def each(self, text: str) -> list[str]:
        """A text with what its variables are, once for each value that a matrix gives."""
        texts = [text]
        for found in dict.fromkeys(MATRIX.findall(text)):
            written = rf"\$?\{{\{{[ \t]*matrix\.{re.escape(found)}[ \t]*\}}\}}"
            values = self.matrix.get(found, [])
            several = [value.join(re.split(written, one)) for one in texts for value in values]
            texts = several[:MOST_VALUES] or texts
        return [self.fill(one) for one in texts]

    def expand(self, expansion: str, depth: int = 0) -> str:
        """What one expansion gives."""
        if found := GITHUB.fullmatch(expansion):
            return OWN.get(f"github.{found[1]}", UNKNOWN)
        if found := re.fullmatch(EITHER, expansion):
            scope, _, name = found[1].rpartition(".")
            known = self.value(name, depth) if scope == "env" else UNKNOWN
            return found[2] if known == UNKNOWN else known
        if found := MATRIX.search(expansion):
            values = self.matrix.get(found[1], [])
            return values[0] if len(values) == 1 else UNKNOWN
        name = name_in(expansion)
        value = self.value(name, depth) if name else UNKNOWN
        default = re.fullmatch(DEFAULT, expansion)
        given = name.isdigit() and not self.without_arguments
        unset = default and value == UNKNOWN and not given and not self.places(name)
        return default[2] if default and unset else value

    def value(self, name: str, depth: int) -> str:
        """The value of a variable, where it is always the same."""
        if name not in self.known:
            self.known[name] = UNKNOWN  # while it is being read, for one that is made of itself
            places = self.places(name) if depth < DEEPEST else ()
            others = [place for place in places if not is_itself(name, place) and not place.lstrip().startswith("{")]
            values = {self.read(place, depth) if not sets(name, place) else UNKNOWN for place in others}
            if not others:
                values = {found[2] for found in (re.search(DEFAULT, place) for place in places) if found}
            self.known[name] = values.pop() if len(values) == 1 else UNKNOWN
            if name in OWN and self.known[name] == UNKNOWN:
                self.known[name] = OWN[name]
        return self.known[name]

    def read(self, place: str, depth: int) -> str:
        """The value that is behind an assignment."""
        written = written_in(place)
        return UNKNOWN if written is None else self.fill(written, depth + 1)

    # what a caller may give

    def left_open(self, text: str) -> str:
        """A text with `{-NAME}` for each variable."""
        return EXPANSION.sub(lambda found: self.hole(found[0]), text) if len(text) <= LONGEST else UNKNOWN

    def hole(self, expansion: str) -> str:
        """What represents one expansion."""
        name = name_in(expansion)
        return f"{{-{name}}}" if name and name not in OWN else self.expand(expansion)

    def given(self, text: str) -> tuple[str, ...]:
        """The values that the text itself gives to what is open in an image, which may be open again."""
        found: dict[str, str] = {}
        names = re.findall(HOLE, text)
        while names and len(found) < DEEPEST * 4:
            name = names.pop()
            if name not in found and (value := self.own_value(name)):
                found[name] = value
                names += re.findall(HOLE, value)
        return tuple(f"{name}={value}" for name, value in found.items())

    def own_value(self, name: str) -> str:
        """The one value that the text gives to a variable, open where it has variables itself; empty if none."""
        if name not in self.written:
            self.written[name] = self.find_value(name)
        return self.written[name]

    def find_value(self, name: str) -> str:
        """The same, of a variable that is asked for the first time."""
        places = self.places(name)
        written = {written_in(place) for place in places if not is_itself(name, place)}
        values = written or self.defaults.get(name, set())
        value = next(iter(values)) if len(values) == 1 else None
        return self.left_open(value) if value else ""


def is_commented(text: str, at: int) -> bool:
    """Whether a character is in a line that is a comment."""
    return COMMENTED.match(text, text.rfind("\n", 0, at) + 1, at) is not None


def begin_of(text: str, at: int) -> int:
    """Where the word begins that a character is in."""
    while at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at -= 1
    return at


def name_in(expansion: str) -> str:
    """The name of the variable in an expansion."""
    found = NAME.fullmatch(expansion)
    return next((group for group in found.groups() if group), "") if found else ""


def written_in(place: str) -> str | None:
    """What is written as the value behind an assignment."""
    found = VALUE.match(EXPANSION.sub(lambda e: e[0].replace(" ", "").replace('"', ""), place[:LONGEST]))
    if found is None:
        return put_together(place[:LONGEST])
    return found[2] if found[1] else found[3]


def put_together(place: str) -> str | None:
    """A string that is joined of several, or formatted; None where it is neither."""
    if ('"' in place or "'" in place) and (found := JOINED.match(place)):
        return "".join(map(string, re.findall(PART, found[1])))
    if " -f" in place and (found := FORMATTED.match(place)):
        given = [string(part) for part in re.findall(PUT_IN, found[2])]
        return re.sub(r"\{(\d)\}", lambda hole: (given + [UNKNOWN] * 10)[int(hole[1])], found[1])
    return None


def string(part: str) -> str:
    """What a string says, or a variable by its name."""
    return part[1:-1] if part[0] in "\"'" else f"${{{part.lstrip('$').removeprefix('env.')}}}"


def is_itself(name: str, place: str) -> bool:
    """Whether a variable gets its own value, perhaps with a default."""
    found = ITSELF.fullmatch(place) if name in place else None
    return found is not None and name in found.groups()


def sets(name: str, place: str) -> bool:
    """Whether the rest of a line sets the same variable again."""
    return f"{name}=" in place and name in SET.findall(place)
