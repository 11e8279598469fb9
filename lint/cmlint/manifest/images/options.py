"""Options by which programs push images, in whatever form their arguments are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from cmlint.manifest.images.cutting import REACH
from cmlint.manifest.images.facts import Text
from cmlint.model.facts import ImageFact

DESTINATION = re.compile(r"--destination(?:=|[\s\"',-]{1,20})[\"']?([^\s\"',\]]+)")
SHORT = re.compile(r"executor\b[^\n;&|]{0,400}?[ \t]-d[ =]?[\"']?([^\s\"'-][^\s\"']*)")
SYSTEM_PROPERTY = re.compile(r"(?:-Djib\.to\.image|-Dimage|jib[^\n]{0,100}?--image)=[\"']?([^\s\"']+)")
BUILD_IMAGE = re.compile(r"-Dspring-boot\.build-image\.imageName=[\"']?([^\s\"']+)")
CONTAINER_IMAGE = re.compile(r"-Dquarkus\.container-image\.image=[\"']?([^\s\"']+)")
OUTPUT = re.compile(
    r"name=([^,\s\"']{1,500}),(?:[\w-]{1,60}=[\w-]{1,60},){0,9}push=true"
    r"|push=true,(?:[\w-]{1,60}=[\w-]{1,60},){0,9}name=([^,\s\"']+)"
)


class Option(NamedTuple):
    """An option by which an image is pushed, and a word that a text has then.

    What it `needs` in the same command, and what it is `not_with`, are patterns.
    """

    word: str
    pattern: re.Pattern[str]
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

LISTED = re.compile(r"[ \t]*-[ \t]*[\"']?-")
"""An argument in a list of YAML."""


def by_pattern(place: Text) -> Iterator[ImageFact]:
    """What is pushed by options that only one program has, in whatever form its arguments are written."""
    text = place.text
    for option in OPTIONS:
        for found in option.pattern.finditer(text) if option.word in text else ():
            image = place.variables.fill(found[1] or found[found.lastindex or 1])
            command = around(text, found.start())
            hindered = re.search(option.not_with, command) or (option.needs and not re.search(option.needs, command))
            if ("." in image or "/" in image or ":" in image) and not hindered:
                yield from place.fact("pushed", option.tool, image, found.start())


def around(text: str, at: int) -> str:
    """The command that an option is in: its line with those that it continues, or the items of its list."""
    first, last = max(at - REACH, 0), min(at + REACH, len(text))
    before, after = text[first:at].split("\n"), text[at:last].split("\n")
    listed = LISTED.match(before[-1] + after[0]) is not None
    above = takewhile(lambda line: line.rstrip().endswith("\\") or (listed and LISTED.match(line)), before[-2::-1])
    below: list[str] = []
    for line in after[1:]:
        if not ((below or after)[-1 if below else 0].rstrip().endswith("\\") or (listed and LISTED.match(line))):
            break
        below.append(line)
    return "\n".join((*reversed(list(above)), before[-1] + after[0], *below))
