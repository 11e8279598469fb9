"""What one text gives to another: `make push TAG=dev`, `just push dev`, `./push.sh dev`, `include vars.mk`.

Which files these are, and what comes of it, is found in `bundle/passed.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from cmlint.kube.names import bare_path
from cmlint.manifest.images.cutting import COMMENT, NEAR, REACH, Filler, folder_before, is_printed
from cmlint.manifest.images.facts import CREDENTIAL, Text, passed_on
from cmlint.manifest.images.searching import FromWord
from cmlint.manifest.images.variables import UNKNOWN
from cmlint.manifest.shell import LIMIT, Lines
from cmlint.model.facts import HOLE, ImageFact

MAKE = r"(?:{})(?<![\w./-]make)(?<![\w./-]task)(?=[ \t]+[\w-])"
JUST = r"just(?<![\w./-]just)(?=[ \t]+[\w-])"
MARKS = tuple(";&|(`\"'@:>!{$-")
BEGINS = re.compile(r"then|do|else|sudo|exec|time|env|RUN|nice|if|-e?u?x?c|\w+=\S*")
"""What is before a command, but not before the same word in a sentence (`just like`, `make sure`)."""

JUST_VALUED = ("-f", "--justfile", "-d", "--working-directory")
EARTHLY = r"earthly(?<![\w.-]earthly)(?=[ \t])"
GCLOUD = r"gcloud(?<![\w.-]gcloud)(?=[ \t])"
SCRIPT = r"\.sh[\"']?(?=[ \t\n]|\Z)"
PATH = re.compile(r"(?<![\w./-])[\w./-]+\Z")
ASSIGNS = re.compile(r"\w+=.")
BEFORE = re.compile(r"(?:(?<!\S)\w+=[^\s;&|]+[ \t]+)+\Z")
GOAL = re.compile(r"[a-z][\w./:-]*")
SUBSTITUTIONS = r"(\w+)=([^,\s\"']+)"

NAMES = r"[ \t]+([^\n#;&|]+)"
INCLUDES = (
    FromWord("include", f"include{NAMES}", r"\n[ \t]*-?", 1),
    FromWord("source", f"source{NAMES}", r"\n[ \t]*-?", 1),
    FromWord(".", rf"\.(?<=[\s-]\.){NAMES}", r"\n[ \t]*-?", 1),
    FromWord("local:", r"local:[ \t]*(\S+)", r"\n[ \t]*-?[ \t]*", 1),
    FromWord("include:", r"include:[ \t]*([\"']?[\w./*-]+\.ya?ml[\"']?)[ \t]*(?=\r?\n|\Z)", r"\n", 1),
)
LISTED = r"\ninclude:[ \t]*((?:\n[ \t]*-[ \t]+[^\n:]*(?=\n|\Z))+)"
LISTED_FILE = r"-[ \t]+[\"']?([\w./*-]+\.ya?ml)"
"""What makefiles, scripts and pipelines of GitLab include: `include a.mk`, `. ./vars.sh`, `- local: ci/build.yml`."""

PROPERTIES = "gradle.properties"
JIB = r"\njib[ \t]*\{"
"""A build with Jib, to which Gradle gives these properties: https://docs.gradle.org/current/userguide/build_environment.html"""

SET = r"(?m)^[ \t]*(?:(?:export|readonly|local|declare|override)[ \t]+(?:-\w+[ \t]+)?)?(\w+)[ \t]*(?:[:?]?=|:[ \t])"
"""A variable that a line sets."""

SHARED = re.compile(r"(?i)ima?g|tag|repo|registry|version")
"""What is in the names of variables that are given to other files; a file of variables may also hold passwords."""

SHARED_IN_TEXT = re.compile(
    r"[itrvITRV][mMaAeE](?i:(?<=im)a?g|(?<=ta)g|(?<=re)(?:po|gistry)|(?<=ve)rsion)\w*([ \t]*[:?=]|[ \t]in[ \t])?"
)
"""The same in a text, to the end of a name and what may set it; it begins with letters so that it is searched for
quickly."""

LITERAL = re.compile(r"[\w./:@{}*-]{1,200}")
"""A value that may be an image or a part of one."""

MOST = 20
"""The most variables that one text gives to others without naming them."""


ASSIGNMENT = re.compile(r"(?i)\n(?:export[ \t]+)?(?=\w+[ \t]*[:?]?=)\w*(?:ima?ge?|tag|repo|registry)\w*[ \t]*[:?]?=")
"""What makefiles, scripts and files of variables have, and YAML has not."""


def read(place: Text) -> Iterator[ImageFact]:
    """Which files a text includes, and what it gives to them and to those that include it."""
    yield from Giver(place).includes()


class Giver:
    """A text that calls or includes others."""

    def __init__(self, place: Text) -> None:
        self.place, self.text = place, place.text

    def calls(self) -> Iterator[ImageFact]:
        """What a text passes to makefiles, Taskfiles and justfiles, to scripts, to Earthfiles and to Cloud Build."""
        text = self.text
        runners = "|".join(name for name in ("make", "task") if f"{name} " in text)
        for found, words in self.called(MAKE.format(runners), begins_command) if runners else ():
            yield from self.made(found, words)
        for found, words in self.called(JUST, begins_command) if "just " in text else ():
            yield from self.by_recipe(found.start(), words)
        for found, words in self.called(SCRIPT) if ".sh" in text else ():
            name = PATH.search(text, max(0, found.start() - NEAR), found.start())
            given = tuple(passed_on(str(number), word) for number, word in enumerate(words, 1))
            if name and name[0].strip("./") and (given or self.environment):
                yield self.call("script", found.start(), (f"{name[0]}.sh",), given)
        for found, words in self.called(EARTHLY) if "earthly" in text else ():
            given = tuple(passed_on(*word[2:].split("=", 1)) for word in words if re.match(r"--\w+=", word))
            targets = " ".join(word.rpartition("+")[2] for word in words if "+" in word)
            if targets and "--push" in words and given:
                yield self.call("earthly", found.start(), ("Earthfile",), given, targets)
        for found, words in self.called(GCLOUD) if "--substitutions" in text else ():
            yield from self.submitted(found.start(), words)

    def made(self, found: re.Match[str], words: list[str]) -> Iterator[ImageFact]:
        """A call of make or task."""
        given = tuple(passed_on(*word.split("=", 1)) for word in words if ASSIGNS.match(word))
        folder = next((words[i + 1] for i, word in enumerate(words[:-1]) if word in ("-C", "-d")), "")
        line = self.text.rfind("\n", max(found.start() - REACH, 0), found.start()) + 1
        folder = folder or folder_before(self.text, line, found.start(), self.place.variables)
        targets = " ".join(word for word in words if GOAL.fullmatch(word) and word != folder)
        if targets and (given or self.environment or self.before(found.start())):
            yield self.call(found[0], found.start(), (folder,), given, targets)

    def by_recipe(self, at: int, words: list[str]) -> Iterator[ImageFact]:
        """`just push dev`: the words behind a recipe are its parameters (https://just.systems/man/en/recipe-parameters.html)."""
        behind = {number + 1 for number, word in enumerate(words) if word in JUST_VALUED}
        arguments = [word for number, word in enumerate(words) if number not in behind and not word.startswith("-")]
        named = [word for word in arguments if ASSIGNS.match(word)]
        recipe, *positional = [word for word in arguments if word not in named] or [""]
        given = [passed_on(*word.split("=", 1)) for word in named]
        given += [passed_on(str(number), word) for number, word in enumerate(positional, 1)]
        if recipe and given:
            yield self.call("just", at, ("",), tuple(given), recipe)

    def submitted(self, at: int, words: list[str]) -> Iterator[ImageFact]:
        """`gcloud builds submit --config FILE --substitutions=_TAG=dev`."""
        line = " ".join(words)
        config = re.search(r"--config[= ](\S+)", line)
        given = re.search(r"--substitutions[= ](\S+)", line)
        if "submit" in words and given:
            values = tuple(passed_on(*pair) for pair in re.findall(SUBSTITUTIONS, given[1]))
            yield self.call("gcloud", at, (config[1] if config else "cloudbuild.yaml",), values)

    def call(self, tool: str, at: int, files: tuple[str, ...], given: tuple[str, ...], was: str = "") -> ImageFact:
        """A call with what it gives, and what the text or the line before it sets in the environment."""
        named = {value.partition("=")[0] for value in given}
        around = [value for value in (*self.before(at), *self.environment) if value.partition("?")[0] not in named]
        return self.place.of("calls", tool, "", "", at, was=was, files=files, given=(*given, *dict.fromkeys(around)))

    def before(self, at: int) -> list[str]:
        """The variables that are set before a command, for it alone: `TAG=dev make push`."""
        found = BEFORE.search(self.text, max(self.text.rfind("\n", 0, at) + 1, at - NEAR), at)
        pairs = [word.split("=", 1) for word in found[0].split()] if found else []
        given = [passed_on(name, self.place.variables.fill(value.strip("\"'"))) for name, value in pairs]
        return [value.replace("=", "?=", 1) for value in given]

    @cached_property
    def environment(self) -> tuple[str, ...]:
        """What a pipeline sets for all that it calls, as `NAME?=value`: what is called may set another."""
        variables = self.place.variables
        if not re.search(r"\n[ \t]*(?:env|environment|variables):[ \t]*(?:[{\n]|\Z)", variables.lines):
            return ()
        names = [name for name in variables.names(SHARED_IN_TEXT) if is_shared(name)][: 5 * MOST]
        values = {name: variables.value(name, 0) for name in names}
        return tuple(f"{name}?={value}" for name, value in values.items() if is_literal(value))[:MOST]

    def called(
        self, pattern: str, begins: Callable[[str], bool] = lambda _: True
    ) -> Iterator[tuple[re.Match[str], list[str]]]:
        """Where a program is really called, each with its words; a text without ends of commands is read in part.

        `begins` says whether a command begins behind what is before it on its line.
        """
        text, cut = self.text, 0
        lines = Lines(text)
        for found in re.finditer(pattern, text):
            start = max(lines.start_of(found.start()), found.start() - REACH)
            if cut > len(text) + LIMIT:
                return
            before = text[start : found.start()]
            if begins(before) and not (COMMENT.match(before) or is_printed(before)):
                cutter = Filler(text, found.end(), "", self.place.variables)
                words = cutter.cut()
                cut += cutter.position - found.end()
                yield found, words

    def includes(self) -> Iterator[ImageFact]:
        """Which files a text includes, and what it gives to them and to those that include it."""
        lines = self.place.variables.lines
        found = sorted((one.start(), one[1]) for form in INCLUDES for _, one in form.find(lines))
        included = [name for _, written in found for name in names_in(written)]
        listed = re.finditer(LISTED, lines) if "\ninclude:" in lines else ()
        included += [bare_path(path) for one in listed for path in re.findall(LISTED_FILE, one[1])]
        included += [PROPERTIES] if "\njib" in lines and re.search(JIB, lines) else []
        given = self.settings() if included or ASSIGNMENT.search(lines) else ()
        if included or given:
            yield self.place.of("sets", "include", "", "", 0, files=tuple(included[:MOST]), given=given)

    def settings(self) -> tuple[str, ...]:
        """What a text sets that may be an image or a part of one; it may be open itself."""
        names = dict.fromkeys(found[1] for found in re.finditer(SET, self.text) if is_shared(found[1]))
        values = {name: self.place.variables.own_value(name) for name in list(names)[: 5 * MOST]}
        return tuple(f"{name}={value}" for name, value in values.items() if is_literal(value))[:MOST]


def begins_command(before: str) -> bool:
    """Whether a command may begin behind a text: at the beginning, or behind a mark or a word that may be there."""
    bare = before.rstrip(" \t")
    return not bare or bare.endswith(MARKS) or BEGINS.fullmatch(bare.rsplit(None, 1)[-1]) is not None


def names_in(written: str) -> Iterator[str]:
    """The files that a line includes; a variable or a command in a path says nothing about its end."""
    for word in written.split():
        name = re.sub(r"^(?:\.{0,2}/)+", "", word.strip("\"'").rpartition(")")[2].rpartition("}")[2])
        if re.fullmatch(r"[\w*-]*[./][\w.*/-]*", name):
            yield name


def is_shared(name: str) -> bool:
    """Whether a variable is given to other files without being named there: one of an image, and no credential."""
    return SHARED.search(name) is not None and not CREDENTIAL.search(name)


def is_literal(value: str) -> bool:
    """Whether a value may be an image or a part of one, with something known in it."""
    return LITERAL.fullmatch(value) is not None and any(map(str.isalnum, re.sub(HOLE, "", value).replace(UNKNOWN, "")))
