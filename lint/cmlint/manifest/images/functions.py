"""What functions of a shell push with the words that they are called with in the same text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.variables import UNKNOWN
from cmlint.model.facts import HOLE, ImageFact

FUNCTION = re.compile(r"(?m)^(?:function[ \t]+)?([\w-]+)[ \t]*\(\)[ \t]*(?:\{[ \t]*)?$")
"""A function of a shell."""

METHOD = re.compile(r"(?m)^[ \t]*(?:def|void|static|String|boolean)[ \t]+(\w+)[ \t]*\(([^()\n]*)\)[ \t]*\{")
"""A method of Groovy, with its parameters: https://groovy-lang.org/objectorientation.html#_methods"""

STRINGS = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|[\w.]+")

ARGUMENT = re.compile(r"\{-\d\}")
"""An argument of a function in the name of an image."""

MOST_CALLS = 20
"""The most calls of functions that are read."""


def in_functions(place: Text, found: Sequence[ImageFact]) -> Iterator[ImageFact]:
    """The images of open pushes in functions, once for each call."""
    opened = [fact for fact in found if fact.deed == "open" and ARGUMENT.search(fact.name)]
    built = [fact for fact in found if any(ARGUMENT.search(build.image) for build in fact.builds)]
    functions = list(FUNCTION.finditer(place.text)) if opened or built else []
    for fact in (*opened[:MOST_CALLS], *built[:MOST_CALLS]):
        before = [one[1] for one in functions if one.start() < fact.span.start]
        for words in calls_of(before[-1], place) if before else ():
            if fact.deed == "open":
                yield from place.fact("pushed", fact.tool, filled(fact, words), fact.span.start)
            else:
                given = {str(number): word for number, word in enumerate(words, 1)}
                of = tuple(builds.filled(build, given) for build in fact.builds)
                for build in of:
                    yield from place.fact("built", fact.tool, builds.unknown(build.image), fact.span.start, builds=of)


def in_methods(place: Text, found: Sequence[ImageFact]) -> Iterator[ImageFact]:
    """The images of open pushes in methods of a Jenkinsfile, once for each call."""
    methods = list(METHOD.finditer(place.text)) if any(fact.deed == "open" for fact in found) else []
    for fact in [fact for fact in found if fact.deed == "open"][:MOST_CALLS] if methods else ():
        method = next((one for one in reversed(methods) if one.start() < fact.span.start), None)
        names = [word.split()[-1] for word in method[2].split(",") if word.split()] if method else []
        if method and any(f"{{-{name}}}" in fact.name for name in names):
            for call in islice(re.finditer(rf"(?<![\w.]){method[1]}[ \t]*\(([^()\n]*)\)", place.text), MOST_CALLS):
                written = (
                    word.strip("\"'") if word[0] in "\"'" else f"${{{word}}}" for word in STRINGS.findall(call[1])
                )
                words = [place.variables.fill(word) for word in written]
                if call.start() != method.start(1) and len(words) == len(names):
                    image = with_values(fact, dict(zip(names, words, strict=True)))
                    yield from place.fact("pushed", fact.tool, image, fact.span.start)


def calls_of(name: str, place: Text) -> Iterator[list[str]]:
    """The words of the calls of a function."""
    for call in islice(re.finditer(rf"(?m)^[ \t]*{name}[ \t]+([^\n;&|#]+)", place.text), MOST_CALLS):
        yield [place.variables.fill(word.strip("\"'")) for word in call[1].split()]


def filled(fact: ImageFact, words: Sequence[str]) -> str:
    """An open image with the words of a call, and with what the text itself gives."""
    return with_values(fact, {str(number): word for number, word in enumerate(words, 1)})


def with_values(fact: ImageFact, values: Mapping[str, str]) -> str:
    """An open image with values of variables, and with what the text itself gives, which counts more."""
    given = {**values, **dict(value.split("=", 1) for value in fact.given)}
    once = re.sub(HOLE, lambda hole: given.get(hole[1], UNKNOWN), fact.name)
    return re.sub(HOLE, lambda hole: given.get(hole[1], UNKNOWN), once)
