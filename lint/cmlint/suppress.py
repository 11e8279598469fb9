"""Which findings the author has asked not to see: by comment, by annotation, by path in the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.placed import Placed
from cmlint.model.facts import FileFacts, Ignore, Scalar
from cmlint.model.findings import Suppression
from cmlint.patterns import Patterns
from cmlint.rules import Draft, Rule

EVERYTHING = "all"


class Suppressions:
    """What is suppressed, and which suppressions have been needed.

    `by_path` gives for a pattern of paths, in git's own syntax and relative to the file system's root, the rules and
    families that the configuration ignores there. `names` are all that may be named: rules, families and `all`. When
    not `enabled`, nothing is suppressed, and so nothing is unused.
    """

    def __init__(
        self, by_path: Mapping[str, Iterable[str]], rules: Mapping[str, Rule], *, enabled: bool = True
    ) -> None:
        self.by_path, self.rules, self.enabled = by_path, rules, enabled
        self.names = frozenset((*rules, *(rule.family for rule in rules.values()), EVERYTHING))
        self.used: set[tuple[str, Scalar]] = set()
        self.words: dict[str, list[str]] = {}

    def covering(self, rule: Rule, draft: Draft) -> Suppression | None:
        """What suppresses a finding; every name that does counts as used.

        The crash of a rule is nothing that the author can answer for, and never suppressed.
        """
        if not self.enabled or rule.name not in self.rules:
            return None
        used = [(path, name, reason) for path, name, reason in around(draft) if suppresses(name, rule, draft)]
        self.used.update((path, name) for path, name, _ in used)
        if used:
            return Suppression("inSource", next((reason for *_, reason in used if reason), ""))
        if self.by_path and self.ignored_at(draft.placed.written(draft.span)[0], rule):
            return Suppression("external")
        return None

    def ignored_at(self, path: str, rule: Rule) -> bool:
        """Whether the configuration ignores a rule at a path."""
        if path not in self.words:
            full = os.path.abspath(path)
            self.words[path] = [word for pattern, words in self.patterns if pattern.match(full) for word in words]
        return any(means(word, rule) for word in self.words[path])

    @cached_property
    def patterns(self) -> list[tuple[Patterns, Iterable[str]]]:
        """The patterns of the configuration, made ready."""
        return [(Patterns([pattern]), words) for pattern, words in self.by_path.items()]

    def unused(self, bundle: Bundle, rules: Iterable[Rule]) -> Iterator[tuple[Placed, Ignore]]:
        """The suppressions in a bundle that are written wrongly or suppressed nothing, each with that one name only.

        `rules` are those of which every finding was wanted. What is to suppress a finding about one of these comes
        last, when it has had its chance.
        """
        if not self.enabled:
            return
        ran = {rule.name for rule in rules}
        found = list(suppressions_in(bundle))
        yield from ((placed, ignore) for placed, ignore in found if not ignore.rules)
        named = [(placed, ignore, name) for placed, ignore in found for name in ignore.rules]
        named.sort(key=lambda entry: about_suppressions(self.rules.get(entry[2].value)))
        for placed, ignore, name in named:
            if (placed.path, name) not in self.used and self.idle(name, ignore, placed.file, ran):
                yield placed, Ignore((name,), ignore.reason, ignore.span, ignore.scope)

    def idle(self, name: Scalar, ignore: Ignore, file: FileFacts, ran: set[str]) -> bool:
        """Whether a name that suppressed nothing means nothing, or only rules that have run and could have seen it."""
        meant = {rule.name for rule in self.rules.values() if means(name.value, rule)}
        return not meant or (meant <= ran and not unread(ignore, file))


def means(word: str, rule: Rule) -> bool:
    """Whether a word means a rule: its name, its family or `all`."""
    return word in (rule.name, rule.family, EVERYTHING)


def about_suppressions(rule: Rule | None) -> bool:
    """Whether a rule finds suppressions."""
    return rule is not None and rule.node == Ignore.__name__


def suppresses(name: Scalar, rule: Rule, draft: Draft) -> bool:
    """Whether a name in a suppression is for a finding, which lies on a line that the suppression speaks for.

    A finding about suppressions must be named, and elsewhere, or each would hide what is said of itself.
    """
    if about_suppressions(rule):
        return name.value == rule.name and name.span != draft.span
    return means(name.value, rule)


def around(draft: Draft) -> Iterator[tuple[str, Scalar, str]]:
    """What speaks for a finding: its object's annotation, and the comments on or above any line of any of its places.

    A place that is a whole object counts with its first line alone: a comment further down is about something else.
    Of a text that was built, what counts is where each part of it was written. Gives names, with the path of the text
    that each stands in, and the reason that is given there.
    """
    if draft.placed.document.ignore:
        yield from ((*written(name, draft.placed), "") for name in draft.placed.document.ignore.rules)
    for placed, span in ((draft.placed, draft.span), *((placed, span) for _, placed, span in draft.related)):
        path, place = placed.written(span)
        last = place.start if span == placed.document.span else max(place.start, place.end - 1)
        for ignore in placed.built.ignores(path) if placed.built else placed.file.ignores:
            if place.start <= ignore.scope.end and ignore.scope.start <= last:
                yield from ((path, name, ignore.reason) for name in ignore.rules)


def written(name: Scalar, placed: Placed) -> tuple[str, Scalar]:
    """A name in an annotation where it was written."""
    path, span = placed.written(name.span)
    return path, Scalar(name.value, span.start, span.end)


def suppressions_in(bundle: Bundle) -> Iterator[tuple[Placed, Ignore]]:
    """All annotations and comments of a bundle, with the object that each stands in or above."""
    by_path: dict[str, list[Placed]] = {}
    for placed in bundle.placed:
        by_path.setdefault(placed.path, []).append(placed)
        if placed.document.ignore:
            yield placed, placed.document.ignore
    for here in by_path.values():
        for ignore in here[0].file.ignores:
            below = (placed for placed in here if placed.document.span.end > ignore.scope.start)
            yield next(below, here[-1]), ignore


def unread(ignore: Ignore, file: FileFacts) -> bool:
    """Whether a comment stands in or above something that no rule has seen, because it is broken or was skipped."""
    parts = [(document.span, document.broken) for document in file.documents]
    parts += [(skip.span, True) for skip in file.skipped]
    below = [(span.start, unseen) for span, unseen in parts if span.end > ignore.scope.start]
    return min(below, default=(0, False))[1]
