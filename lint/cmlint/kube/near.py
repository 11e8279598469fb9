"""How near two names are: whether one was probably meant for the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

MOST = 500
"""The maximum number of names to compare; comparing more with each other would take too long."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None; the same candidates give the same answer in any order.

    Among more than `MOST` candidates none is looked for.
    """
    best: tuple[int, str] | None = None
    for candidate in few(candidates):
        distance = distance_if_near(name, candidate)
        if distance is not None and (best is None or (distance, candidate) < best):
            best = distance, candidate
    return best[1] if best else None


def only_near(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is near, or None where there is none or more than one, or more than `MOST` candidates."""
    near = {candidate for candidate in few(candidates) if distance_if_near(name, candidate) is not None}
    return near.pop() if len(near) == 1 else None


def few(candidates: Iterable[str]) -> Collection[str]:
    """The candidates, or none of them where there are too many."""
    found = list(islice(candidates, MOST + 1))
    return found if len(found) <= MOST else ()


def distance_if_near(name: str, other: str) -> int | None:
    """How far apart two different names are when they are near, else None.

    Near means: equal except for case and separators, or one edit apart from four characters on, two from eight on where
    they have as many words. Names that differ in their digits alone (`config-1`, `config-2`), or by a complete word
    (`certs`, `ca-certs`), are meant to differ.
    """
    if name == other or has_another_word(name, other):
        return None
    plain, other_plain = squeeze(name), squeeze(other)
    if plain == other_plain:
        return 0
    allowed = min(len(plain) // 4, len(other_plain) // 4, 2 if len(words_of(name)) == len(words_of(other)) else 1)
    if not allowed or abs(len(plain) - len(other_plain)) > allowed:
        return None
    if plain.translate(DIGITS) == other_plain.translate(DIGITS):
        return None
    return edits(plain, other_plain, allowed)


def distance_of_variables(name: str, other: str, synonyms: Mapping[str, str]) -> int | None:
    """How far apart the names of two variables are when they are near, else None; 0 is nearest.

    Besides what is near for other names: with some words for their `synonyms` they are the same, or one has all words
    of the other, in order, and one more (`GCS_BUCKET`, `GCS_BUCKET_NAME`), if the other has two at least.
    """
    words, others = meaning(name, synonyms), meaning(other, synonyms)
    if words == others:
        return 0 if name != other else None
    near = distance_if_near(name, other)
    if near is not None:
        return max(near, 1)
    return 3 if has_one_more(words, others) or has_one_more(others, words) else None


def meaning(name: str, synonyms: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the name of a variable, each by the one that represents all that mean the same."""
    return tuple(synonyms.get(word, word) for word in name.split("_") if word)


def shortened(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Words without one of them; none of a name that has more than anybody writes."""
    if len(words) <= MOST_WORDS:
        yield from (words[:i] + words[i + 1 :] for i in range(len(words)))


MOST_WORDS = 20


def has_one_more(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether words are others with one more among them, and the others are two at least."""
    if len(words) != len(others) + 1 or len(others) < FEWEST:
        return False
    begin = next((i for i, (x, y) in enumerate(zip(words, others, strict=False)) if x != y), len(others))
    return not words[begin].isdigit() and words[begin + 1 :] == others[begin:]


FEWEST = 2
"""A name of fewer words says too little: `DB_HOST` is not meant for `HOST`."""


def is_slip(name: str, other: str) -> bool:
    """Whether two names differ by case, separators, one letter of one longer word, or two exchanged letters of one."""
    if distance_if_near(name, other) not in (0, 1):
        return False
    pairs = list(zip(words_of(name), words_of(other), strict=False))
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if squeeze(name) == squeeze(other):
        return True
    if len(words_of(name)) != len(words_of(other)) or len(differing) != 1:
        return False
    return min(map(len, differing[0])) > SHORT or sorted(differing[0][0]) == sorted(differing[0][1])


SHORT = 3
"""A word of so few letters is a name of its own: `db`, `api`, `dev`."""


def has_another_word(name: str, other: str) -> bool:
    """Whether one of two names has all words of the other, and others besides."""
    words, other_words = words_of(name), words_of(other)
    return len(words) != len(other_words) and (set(words) < set(other_words) or set(other_words) < set(words))


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, between its separators; each name is compared with many others."""
    return tuple(re.findall(r"[^-_.]+", name.lower()))


class Nearby:
    """Names among which near ones are looked for without comparing each.

    Of two names that are near, what is left of their first characters is the same when up to as many are left out as
    edits are between the two.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.by_part: dict[str, list[str]] = {}
        if len(self.names) > FEW:
            for name in self.names:
                for part in parts_of(name):
                    self.by_part.setdefault(part, []).append(name)

    def around(self, name: str) -> Iterable[str]:
        """The names that may be near, and with them a few that are not; none where these are more than `MOST`."""
        if not self.by_part:
            return self.names
        lists = [found for part in parts_of(name) if (found := self.by_part.get(part))]
        return (
            dict.fromkeys(found for part in lists for found in part) if max(map(len, lists), default=0) <= MOST else ()
        )


class NearVariables:
    """Names of variables among which near ones are looked for without comparing each."""

    def __init__(self, names: Iterable[str], synonyms: Mapping[str, str]) -> None:
        self.synonyms, self.nearby = synonyms, Nearby(names)
        self.by_meaning: dict[tuple[str, ...], list[str]] = {}
        self.longer: dict[tuple[str, ...], list[str]] = {}
        for name in self.nearby.names:
            words = meaning(name, synonyms)
            self.by_meaning.setdefault(words, []).append(name)
            for fewer in shortened(words):
                self.longer.setdefault(fewer, []).append(name)

    def near(self, name: str) -> Iterator[tuple[int, str]]:
        """The names that are near, each with its distance."""
        words = meaning(name, self.synonyms)
        found = {*self.nearby.around(name), *self.by_meaning.get(words, ()), *self.longer.get(words, ())}
        found.update(other for fewer in shortened(words) for other in self.by_meaning.get(fewer, ()))
        for other in found:
            distance = distance_of_variables(name, other, self.synonyms)
            if distance is not None:
                yield distance, other


FEW = 50
"""Up to this number of names, comparing is faster than an index."""

BEGINNING = 7
"""How many characters of a name are looked at first."""


def parts_of(name: str) -> set[str]:
    """What is left of a name's beginning without up to two of its characters."""
    whole = squeeze(name)[:BEGINNING]
    shorter = {whole[:i] + whole[i + 1 :] for i in range(len(whole))}
    return {whole, *shorter, *(part[:i] + part[i + 1 :] for part in shorter for i in range(len(part)))}


DIGITS = dict.fromkeys(map(ord, "0123456789"))
SEPARATORS = dict.fromkeys(map(ord, "-_."))


@lru_cache(maxsize=4096)
def squeeze(name: str) -> str:
    """A name without case and separators."""
    return name.lower().translate(SEPARATORS)


def edits(a: str, b: str, allowed: int) -> int | None:
    """The insertions, deletions, replacements and swaps of neighbours between two texts; None for more than allowed."""
    if len(set(a) ^ set(b)) > 2 * allowed:
        return None
    begin = same(a, b)
    a, b = a[begin:], b[begin:]
    end = same(a[::-1], b[::-1])
    a, b = a[: len(a) - end], b[: len(b) - end]
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > allowed:
            return None
        before, previous = previous, current
    return previous[-1] if previous[-1] <= allowed else None


def same(a: str, b: str) -> int:
    """How many characters two texts have in common from their beginning on."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
