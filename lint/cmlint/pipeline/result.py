"""What comes of a run, for reports: from the rules, or as it was when nothing has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cmlint.model.facts import Span
from cmlint.model.outcome import Outcome
from cmlint.model.problems import Problem
from cmlint.sources.files import Source
from cmlint.texts import Texts

if TYPE_CHECKING:
    from cmlint.bundle.bundle import Bundle


class Result(msgspec.Struct):
    """What a run of `check` gives: the outcome, the texts for frames, and what could not be read.

    `sources` are the files that texts come from, by the paths under which these are shown. A result that is only
    repeated has no bundles.
    """

    outcome: Outcome
    bundles: list[Bundle]
    texts: Texts
    problems: list[Problem]
    sources: dict[str, Source] = {}

    def masked(self) -> dict[str, list[Span]]:
        """The places of every text that must not be shown."""
        masked = {path: list(spans) for path, spans in self.outcome.hidden.items()}
        for bundle in self.bundles:
            for path, span in (place for failure in bundle.failures for place in failure.hidden):
                masked.setdefault(path, []).append(span)
            for path, spans in bundle.built.masked().items() if bundle.built else ():
                masked.setdefault(path, []).extend(spans)
            for placed in bundle.placed:
                if placed.document.masked and not placed.built:
                    masked.setdefault(placed.path, []).extend(placed.document.masked)
            for path, span in (placed.written(span) for placed in bundle.commands for span in placed.document.masked):
                masked.setdefault(path, []).append(span)
        for path, span in self.bundles[0].masked() if self.bundles else ():
            masked.setdefault(path, []).append(span)
        return masked

    def without_bundles(self) -> Outcome:
        """The outcome with all that must not be shown of the texts that findings are in."""
        shown = self.outcome.paths()
        hidden = {path: spans for path, spans in self.masked().items() if path in shown} if shown else {}
        return msgspec.structs.replace(self.outcome, hidden=hidden)


def too_large(bundles: Iterable[Bundle], texts: Texts) -> Iterator[Problem]:
    """The containers whose environment is too large to be known, as far as it was asked for."""
    for bundle in bundles:
        for container, placed, room in bundle.too_large.values():
            place = texts.locate(*placed.written(container.name.span if container.name else placed.document.head))
            name = f"container `{container.name.value}`" if container.name else "a container"
            message = f"the environment of {name} is larger than {size(room)}: not expanded further"
            yield Problem(place.path, place.start.line, message, fatal=False)


def size(room: int) -> str:
    """A number of characters as people write it."""
    return f"{room // 1024**2} MiB" if room >= 1024**2 else f"{room // 1024} KiB"


def not_built(bundles: Iterable[Bundle], about: Collection[str] | None = None) -> Iterator[Problem]:
    """What is not built, at each of its places, for commands that report no findings.

    Of an answer that is `about` some texts, only what concerns one of these.
    """
    failures = (failure for bundle in bundles for failure in bundle.failures)
    for failure in (each for each in failures if about is None or each.concerns(about)):
        for path in dict.fromkeys((failure.path, *(path for path, _ in failure.others))):
            yield Problem(path, 0, failure.words, fatal=False)
