"""Of what an image is built: the folder and the Dockerfile that a text names beside the image."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import structs

from cmlint.manifest.images.variables import UNKNOWN, Variables, name_in
from cmlint.manifest.shell import EXPANSION, LONGEST
from cmlint.model.facts import Build

INNER = re.compile(r"[\w.-]+")


def partly(variables: Variables, text: str) -> str:
    """A text with what its variables are, and `{-NAME}` for each that is not known."""
    return EXPANSION.sub(lambda found: known_or_hole(variables, found[0]), text) if len(text) <= LONGEST else UNKNOWN


def known_or_hole(variables: Variables, expansion: str) -> str:
    """What one expansion gives, or what represents it."""
    value = variables.expand(expansion)
    return hole(expansion) if value == UNKNOWN else value


def hole(expansion: str) -> str:
    """What represents an expansion that is not known: by the name of its variable, or by the words in it."""
    known = "" if "matrix." in expansion else name_in(expansion)
    name = known or "_".join(INNER.findall(expansion)).replace(".", "_").replace("-", "_")
    return f"{{-{name}}}" if re.fullmatch(r"\w+", name) else UNKNOWN


def named(image: str) -> str:
    """An image without its tag and digest."""
    image = image.strip().strip("\"'`").partition("@")[0]
    head, colon, tag = image.rpartition(":")
    return head if colon and "/" not in tag else image


def filled(build: Build, values: Mapping[str, str]) -> Build:
    """A build with values in the place of its variables."""

    def fill(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{-{name}}}", value)
        return text

    return structs.replace(
        build, image=fill(build.image), context=fill(build.context), dockerfile=fill(build.dockerfile)
    )


def of_docker(
    verb: str, arguments: Sequence[str], values: Callable[..., list[str]], folder: str
) -> Iterator[tuple[str, Build]]:
    """What a command of docker builds, by the name that its fact has; `folder` is the one in which it runs."""
    if verb in ("build", "bud", "build-using-dockerfile", "b", "submit"):
        context = arguments[-1] if arguments else "."
        dockerfile = next(iter(values("-f", "--file")), "")
        for image in values("-t", "--tag", "--image"):
            yield unknown(image), Build(named(image), below(folder, context), below(folder, dockerfile))
    elif verb == "tag" and len(arguments) == 2:
        yield unknown(arguments[1]), Build(named(arguments[1]), of=named(arguments[0]))


def either(image: str, context: str, dockerfile: str) -> tuple[Build, ...]:
    """Of what an image is built by a tool that takes the path of a Dockerfile from the context or from the top."""
    context = re.sub(r"^dir://", "", context) or "."
    paths = dict.fromkeys((below(context, dockerfile), dockerfile))
    return tuple(Build(named(image), context, path) for path in paths)


def unknown(text: str) -> str:
    """A text with `*` for each variable that is not known."""
    return re.sub(r"\{-\w+\}", UNKNOWN, text)


def following(words: list[str], option: str) -> list[str]:
    """The values of an option that is a word of its own, or before `=`."""
    joined = [word.partition("=")[2] for word in words if word.startswith(f"{option}=")]
    return [value for flag, value in pairwise(words) if flag == option] + joined


def below(folder: str, path: str) -> str:
    """A path that is relative to a folder; an empty one stays so."""
    return f"{folder.rstrip('/')}/{path}" if folder and path and not path.startswith("/") else path


def of_jib(image: str, text: str) -> tuple[Build, ...]:
    """Of what Jib builds an image: of the module whose file names it, unless that is only a parent of others."""
    return () if "<modules>" in text or "subprojects" in text else (Build(named(image), ".", builder="jib"),)
