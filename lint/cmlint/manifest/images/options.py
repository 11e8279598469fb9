"""Options by which programs push images, in whatever form their arguments are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.manifest.images import builds
from cmlint.manifest.images.cutting import REACH
from cmlint.manifest.images.facts import Text
from cmlint.model.facts import Build, ImageFact

DESTINATION = r"--destination(?:=|[\s\"',-]{1,20})[\"']?([^\s\"',\]]+)"
SHORT = r"executor\b[^\n;&|]{0,400}?[ \t]-d[ =]?[\"']?([^\s\"'-][^\s\"']*)"
SYSTEM_PROPERTY = r"(?:-Djib\.to\.image|-Dimage|jib[^\n]{0,100}?--image)=[\"']?([^\s\"']+)"
BUILD_IMAGE = r"-Dspring-boot\.build-image\.imageName=[\"']?([^\s\"']+)"
CONTAINER_IMAGE = r"-Dquarkus\.container-image\.image=[\"']?([^\s\"']+)"
OUTPUT = (
    r"name=([^,\s\"']{1,500}),(?:[\w-]{1,60}=[\w-]{1,60},){0,9}push=true"
    r"|push=true,(?:[\w-]{1,60}=[\w-]{1,60},){0,9}name=([^,\s\"']+)"
)


class Option(NamedTuple):
    """An option by which an image is pushed, and a word that a text has then.

    What it `needs` in the same command, and what it is `not_with`, are patterns.
    """

    word: str
    pattern: str
    tool: str
    needs: str = ""
    not_with: str = r"\Z."


OPTIONS = (
    Option("--destination", DESTINATION, "kaniko", not_with=r"--no-?push(?:=true)?(?![\w=-])"),
    Option("executor", SHORT, "kaniko", not_with=r"--no-?push(?:=true)?(?![\w=-])"),
    Option("image=", SYSTEM_PROPERTY, "jib", not_with=r"jib:?(?:dockerBuild|DockerBuild|buildTar|BuildTar)"),
    Option("imageName=", BUILD_IMAGE, "spring-boot:build-image", needs=r"publish(?:=true|Image)?"),
    Option("container-image", CONTAINER_IMAGE, "Quarkus", needs=r"container-image\.push=true"),
    Option("push=true", OUTPUT, "buildkit"),
)
"""https://github.com/GoogleContainerTools/kaniko#additional-flags, https://quarkus.io/guides/container-image"""

VALUE = r"(?:=|[\s\"',-]{1,20})[\"']?([^\s\"',\]]+)"
KANIKO = (
    (rf"--context{VALUE}", r"(?s)executor\b.*?[ \t]-c[ =]?[\"']?([^\s\"'-][^\s\"']*)"),
    (rf"--context-sub-path{VALUE}",),
    (rf"--dockerfile{VALUE}", r"(?s)executor\b.*?[ \t]-f[ =]?[\"']?([^\s\"'-][^\s\"']*)"),
)
"""How kaniko is given the context, a folder in it and the Dockerfile: with long options and with short ones."""

LISTED = re.compile(r"[ \t]*-[ \t]*[\"']?-")
"""An argument in a list of YAML."""


def by_pattern(place: Text) -> Iterator[ImageFact]:
    """What is pushed by options that only one program has, in whatever form its arguments are written."""
    text = place.text
    for option in OPTIONS:
        for found in re.finditer(option.pattern, text) if option.word in text else ():
            image = place.variables.fill(found[1] or found[found.lastindex or 1])
            command = around(text, found.start())
            hindered = re.search(option.not_with, command) or (option.needs and not re.search(option.needs, command))
            if ("." in image or "/" in image or ":" in image) and not hindered:
                written = found[1] or found[found.lastindex or 1]
                builds = kaniko_builds(command, written, place) if option.tool == "kaniko" else ()
                yield from place.fact("pushed", option.tool, image, found.start(), builds=builds)


def kaniko_builds(command: str, image: str, place: Text) -> tuple[Build, ...]:
    """Of what kaniko builds an image; nothing where the context is elsewhere."""
    given = [next(filter(None, (re.search(pattern, command) for pattern in patterns)), None) for patterns in KANIKO]
    written = (found[1].replace("\\$", "$") if found else "" for found in given)
    context, inner, dockerfile = (builds.partly(place.variables, text) for text in written)
    if "://" in context.removeprefix("dir://"):
        return ()
    context = builds.below(context, inner) if inner else context
    return builds.either(builds.partly(place.variables, image), context, dockerfile)


OPTION = re.compile(r"[ \t]+--[a-z]")
"""A line that only an option can begin: a scalar of YAML of several lines is one command."""


def around(text: str, at: int) -> str:
    """The command that an option is in: its line with those that it continues, or the items of its list."""
    start, end = max(at - REACH, 0), min(at + REACH, len(text))
    lines = text[start:end].split("\n")
    first = last = text.count("\n", start, at)
    while first and is_one_command(lines[first - 1], lines[first]):
        first -= 1
    while last + 1 < len(lines) and is_one_command(lines[last], lines[last + 1]):
        last += 1
    return "\n".join(lines[first : last + 1])


def is_one_command(line: str, following: str) -> bool:
    """Whether a command goes on in the following line."""
    if line.rstrip().endswith("\\") or OPTION.match(following):
        return True
    return LISTED.match(line) is not None and LISTED.match(following) is not None
