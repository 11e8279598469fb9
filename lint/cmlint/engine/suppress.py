"""Which findings the author has asked not to see: by comment, by annotation, by path in the configuration."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, islice
from operator import itemgetter

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.engine.rules import Draft, Rule
from cmlint.model.facts import FileFacts, Ignore, Scalar
from cmlint.model.findings import Suppression
from cmlint.patterns import Patterns

EVERYTHING = "all"


class Suppressions:
    """What is suppressed, and which suppressions have been needed.

    `by_path` gives for a pattern of paths, in git's own syntax and relative to the file system's root, the rules and
    families that the configuration ignores there. `names` are all that may be named: rules, families and `all`. When
    not `enabled`, nothing is suppressed, and so nothing is unused. `absolute` gives the absolute path of a text.
    """

    def __init__(
        self,
        by_path: Mapping[str, Iterable[str]],
        rules: Mapping[str, Rule],
        *,
        enabled: bool = True,
        absolute: Callable[[str], str] = os.path.abspath,
    ) -> None:
        self.by_path, self.rules, self.enabled, self.absolute = by_path, rules, enabled, absolute
        caused = (rule.caused(cause) for rule in rules.values() for cause in rule.causes)
        self.names = frozenset((*rules, *caused, *(rule.family for rule in rules.values()), EVERYTHING))
        self.used: set[tuple[str, Scalar]] = set()
        self.words: dict[str, list[str]] = {}
        self.speaking: dict[int, Speaking] = {}
        self.meant: dict[str, frozenset[str]] = {}
        self.read: tuple[Ignore, Mapping[str, list[Scalar]]] | None = None

    def covering(self, rule: Rule, draft: Draft) -> Suppression | None:
        """What suppresses a finding; every name that does counts as used.

        The crash of a rule is nothing that the author can answer for, and never suppressed.
        """
        if not self.enabled or rule.name not in self.rules:
            return None
        words = (rule.name,) if about_suppressions(rule) else words_for(rule, draft.cause)
        around = self.around(draft, words)
        used = [(path, name, reason) for path, name, reason in around if suppresses(name, rule, draft)]
        self.used.update((path, name) for path, name, _ in used)
        if used:
            return Suppression("inSource", next((reason for *_, reason in used if reason), ""))
        if self.by_path and self.ignored_at(draft.placed.written(draft.span)[0], rule, draft.cause):
            return Suppression("external")
        return None

    def ignored_at(self, path: str, rule: Rule, cause: str) -> bool:
        """Whether the configuration ignores a rule, or what it finds for one cause, at a path."""
        if path not in self.words:
            full = self.absolute(path)
            self.words[path] = [word for pattern, words in self.patterns if pattern.match(full) for word in words]
        return any(word in words_for(rule, cause) for word in self.words[path])

    def around(self, draft: Draft, words: Iterable[str]) -> Iterator[tuple[str, Scalar, str]]:
        """What speaks for a finding: its object's annotation, and the comments on or above any line of its places.

        Of a place that is a complete object, only the first line counts: a comment further down is about another part.
        Of a text that was built, what counts is where each part of it was written. Gives names, with the path of the
        text that each is in, and the reason that is given there; comments only with one of some `words`.
        """
        if ignore := draft.placed.document.ignore:
            named = self.annotated(ignore)
            found = (name for word in words for name in named.get(word, ()))
            yield from ((*written(name, draft.placed), "") for name in found)
        for placed, span in ((draft.placed, draft.span), *((placed, span) for _, placed, span in draft.related)):
            path, place = placed.written(span)
            last = place.start if span == placed.document.span else max(place.start, place.end - 1)
            ignores = placed.built.ignores(path) if placed.built else placed.file.ignores
            for name, reason in self.comments(ignores).at(place.start, last, words) if ignores else ():
                yield path, name, reason

    def annotated(self, ignore: Ignore) -> Mapping[str, list[Scalar]]:
        """The names in an annotation by what they say; the last answer is kept."""
        if self.read is None or self.read[0] is not ignore:
            named: dict[str, list[Scalar]] = {}
            for name in ignore.rules:
                named.setdefault(name.value, []).append(name)
            self.read = ignore, named
        return self.read[1]

    def comments(self, ignores: Sequence[Ignore]) -> Speaking:
        """The comments of a text, made ready to be looked up by place."""
        known = self.speaking.get(id(ignores))
        if known is None or known.ignores is not ignores:
            known = self.speaking[id(ignores)] = Speaking(ignores)
        return known

    @cached_property
    def patterns(self) -> list[tuple[Patterns, Iterable[str]]]:
        """The patterns of the configuration, made ready."""
        return [(Patterns([pattern]), words) for pattern, words in self.by_path.items()]

    def unused(self, bundle: Bundle, complete_at: Callable[[str], set[str]]) -> Iterator[tuple[Placed, Ignore]]:
        """The suppressions in a bundle that are written wrongly or suppressed nothing, each with that one name only.

        `complete_at` gives the rules of which every finding in the text at a path was wanted. What is to suppress a
        finding about one of these comes last, when it has had its chance.
        """
        if not self.enabled:
            return
        found = list(suppressions_in(bundle))
        yield from ((placed, ignore) for placed, ignore in found if not ignore.rules)
        named = [(placed, ignore, name) for placed, ignore in found for name in ignore.rules]
        named.sort(key=lambda entry: about_suppressions(self.rules.get(entry[2].value)))
        unread: dict[int, Unread] = {}
        complete: dict[str, set[str]] = {}
        for placed, ignore, name in named:
            if (placed.path, name) in self.used:
                continue
            if id(placed.file) not in unread:
                unread[id(placed.file)] = Unread(placed.file)
            if placed.path not in complete:
                complete[placed.path] = complete_at(placed.path)
            if self.idle(name, ignore, unread[id(placed.file)], complete[placed.path]):
                yield placed, Ignore((name,), ignore.reason, ignore.span, ignore.scope)

    def idle(self, name: Scalar, ignore: Ignore, unread: Unread, ran: set[str]) -> bool:
        """Whether a name that suppressed nothing means nothing, or only rules that have run and could have seen it."""
        if name.value not in self.meant:
            self.meant[name.value] = frozenset(
                rule.name for rule in self.rules.values() if name.value in words_for(rule, *rule.causes)
            )
        meant = self.meant[name.value]
        return not meant or (meant <= ran and not unread.around(ignore))


def words_for(rule: Rule, *causes: str) -> tuple[str, ...]:
    """The words that mean a rule: its name, its name with a cause, its family, and `all`."""
    return tuple(dict.fromkeys((rule.name, *map(rule.caused, causes), rule.family, EVERYTHING)))


def about_suppressions(rule: Rule | None) -> bool:
    """Whether a rule finds suppressions."""
    return rule is not None and rule.node == Ignore.__name__


def suppresses(name: Scalar, rule: Rule, draft: Draft) -> bool:
    """Whether a name in a suppression is for a finding, which is on a line that the suppression speaks for.

    A finding about suppressions must be named, and elsewhere, or each would hide the message about itself.
    """
    if about_suppressions(rule):
        return name.value == rule.name and name.span != draft.span
    return name.value in words_for(rule, draft.cause)


def written(name: Scalar, placed: Placed) -> tuple[str, Scalar]:
    """A name in an annotation where it was written."""
    path, span = placed.written(name.span)
    return path, Scalar(name.value, span.start, span.end)


def suppressions_in(bundle: Bundle) -> Iterator[tuple[Placed, Ignore]]:
    """All annotations and comments of a bundle, with the object that each is in or above."""
    by_path: dict[str, list[Placed]] = {}
    for placed in bundle.placed:
        by_path.setdefault(placed.path, []).append(placed)
        if placed.document.ignore:
            yield placed, placed.document.ignore
    for here in by_path.values():
        ends = list(accumulate((placed.document.span.end for placed in here), max))
        for ignore in here[0].file.ignores:
            below = bisect_right(ends, ignore.scope.start)
            yield here[min(below, len(here) - 1)], ignore


class Speaking:
    """The comments of one text, by the names in them and the places that they speak for."""

    def __init__(self, ignores: Sequence[Ignore]) -> None:
        self.ignores = ignores
        self.named: dict[str, list[tuple[int, int, Ignore, Scalar]]] = {}
        for number, ignore in enumerate(ignores):
            for name in ignore.rules:
                self.named.setdefault(name.value, []).append((ignore.scope.start, number, ignore, name))
        for found in self.named.values():
            found.sort(key=itemgetter(0))
        self.ends = {
            word: list(accumulate((ignore.scope.end for _, _, ignore, _ in found), max))
            for word, found in self.named.items()
        }

    def at(self, first: int, last: int, words: Iterable[str]) -> Iterator[tuple[Scalar, str]]:
        """The names among some, with the reason given, whose scope has a character from `first` to `last`."""
        found: list[tuple[int, Scalar, str]] = []
        for word in words:
            for start, number, ignore, name in islice(
                self.named.get(word, ()), bisect_left(self.ends.get(word, ()), first), None
            ):
                if start > last:
                    break
                if first <= ignore.scope.end:
                    found.append((number, name, ignore.reason))
        found.sort(key=itemgetter(0))
        return ((name, reason) for _, name, reason in found)


class Unread:
    """The parts of a file, and which of them no rule has seen, because they are broken or were skipped."""

    def __init__(self, file: FileFacts) -> None:
        parts = [(document.span, document.broken) for document in file.documents]
        parts += [(skip.span, True) for skip in file.skipped]
        parts.sort(key=lambda part: part[0].end)
        self.ends = [span.end for span, _ in parts]
        starts = ((span.start, unseen) for span, unseen in reversed(parts))
        self.first = list(accumulate(starts, min))[::-1]

    def around(self, ignore: Ignore) -> bool:
        """Whether a comment is in or above such a part."""
        below = bisect_right(self.ends, ignore.scope.start)
        return below < len(self.ends) and self.first[below][1]
