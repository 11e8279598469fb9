"""Charts and kustomizations that cannot be built."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from cmlint.model.facts import Ignore, Span

Cause = Literal["broken", "missing-file", "values", "program", "remote", "dependency", "limit", "refused"]
"""Why something is not built: a mistake of its author, or something that may be there elsewhere."""

CAUSES: tuple[Cause, ...] = get_args(Cause)

EMPTY = "kustomization.yaml is empty"
"""The reason for which a kustomization that names nothing is not built."""

ENDED = "the line is indented less than the first one"
"""How the reason ends for which the values of a chart are not read to their end."""

Thing = Literal["chart", "kustomization"]


class Failure(msgspec.Struct, frozen=True):
    """One reason for which a chart or a kustomization is not built, or only without a part.

    Its place is a `span` of the text at a `path`, as it is shown; `others` are more places with the same reason. `part`
    is what it lacks, `further` what else, and it is built `partly` where the rest of it is checked. Of a part that git
    ignores, `ignored` is the line of `.gitignore` that says so, and of one that others are to make, `made` says who
    does. `near` is the name of a file that was probably meant. `inputs` are the files and folders that the build reads,
    as they are shown. What is `unused` matters only where a GitOps object brings its folder: a kustomization that is
    put away or turned off, or that has nothing in it yet. Of a patch for an object that is not there, `aimed` is where
    the patch names it. Of a chart that is built with other values, `values` is the file with which it is not.
    """

    cause: Cause
    thing: Thing
    path: str
    span: Span
    reason: str
    part: str = ""
    further: tuple[str, ...] = ()
    partly: bool = False
    ignored: str = ""
    made: str = ""
    near: str = ""
    others: tuple[tuple[str, Span], ...] = ()
    ignores: tuple[Ignore, ...] = ()
    hidden: tuple[tuple[str, Span], ...] = ()
    inputs: tuple[str, ...] = ()
    unused: bool = False
    aimed: tuple[str, Span] | None = None
    values: str = ""

    @property
    def places(self) -> list[tuple[str, Span]]:
        """All places with this reason."""
        return [(self.path, self.span), *self.others]

    def at(self, places: Sequence[tuple[str, Span]]) -> Failure:
        """The same at some places only."""
        (path, span), *others = places
        return replace(self, path=path, span=span, others=tuple(others))

    def concerns(self, paths: Iterable[str]) -> bool:
        """Whether the build reads or makes one of some texts; without its program, nobody knows what it makes."""
        places = {path for path, _ in self.places}
        return self.cause == "program" or any(path in places or self.reads(path) for path in paths)

    def reads(self, path: str) -> bool:
        """Whether the build reads a file."""
        return any(f"{path}/".startswith(f"{read}/") for read in self.inputs)

    @property
    def words(self) -> str:
        """What becomes of the build, and why: `not built: ...` or `built without ...`."""
        inside = bool(self.others) and all(path == self.path for path, _ in self.others)
        more = f" and {len(self.others)} more" if inside else ""
        reason = f"{self.ignored} leaves it out" if self.ignored else self.reason
        reason = self.made or reason
        if not self.part:
            return f"not built{f' with `{self.values}`' if self.values else ''}: {reason}"
        *names, last = (f"`{each}`" for each in (self.part, *self.further))
        part = f"{', '.join(names)} and {last}" if names else last
        if self.partly:
            return f"built without {part}{more}: {reason}"
        return f"not built, because it needs {part}{more}: {reason}"


class Failures:
    """Collects failures: those of one sort of thing with one key become one, with all their places."""

    def __init__(self) -> None:
        self.found: dict[Hashable, list[Failure]] = {}

    def add(self, failure: Failure, key: Hashable) -> None:
        """Adds a failure, or its place to the one with the same key."""
        self.found.setdefault((failure.thing, failure.unused, key), []).append(failure)

    def all(self) -> list[Failure]:
        """All failures, in the order in which they were found."""
        return list(map(joined, self.found.values()))


def joined(alike: Sequence[Failure]) -> Failure:
    """Failures with one key as one: the first of them, with the places of all."""
    _, *others = dict.fromkeys((failure.path, failure.span) for failure in alike)
    inputs = dict.fromkeys(path for failure in alike for path in failure.inputs)
    hidden = dict.fromkeys(place for failure in alike for place in failure.hidden)
    return replace(alike[0], others=tuple(others), inputs=tuple(inputs), hidden=tuple(hidden))
