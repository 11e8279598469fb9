"""How near two names are: whether one was probably meant for the other."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None; the same candidates give the same answer in any order."""
    best: tuple[int, str] | None = None
    for candidate in candidates:
        distance = distance_if_near(name, candidate)
        if distance is not None and (best is None or (distance, candidate) < best):
            best = distance, candidate
    return best[1] if best else None


def only_near(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is near, or None where there is none or more than one."""
    near = {candidate for candidate in candidates if distance_if_near(name, candidate) is not None}
    return near.pop() if len(near) == 1 else None


def distance_if_near(name: str, other: str) -> int | None:
    """How far apart two different names are when they are near, else None.

    Near means: equal but for case and separators, or one edit apart from four characters on, two from eight on. Names
    that differ in their digits alone (`config-1`, `config-2`) are meant to differ.
    """
    if name == other:
        return None
    plain, other_plain = squeeze(name), squeeze(other)
    if plain == other_plain:
        return 0
    allowed = min(len(plain) // 4, len(other_plain) // 4, 2)
    if not allowed or abs(len(plain) - len(other_plain)) > allowed:
        return None
    if plain.translate(DIGITS) == other_plain.translate(DIGITS):
        return None
    return edits(plain, other_plain, allowed)


DIGITS = dict.fromkeys(map(ord, "0123456789"))
SEPARATORS = dict.fromkeys(map(ord, "-_."))


def squeeze(name: str) -> str:
    """A name without case and separators."""
    return name.lower().translate(SEPARATORS)


def edits(a: str, b: str, allowed: int) -> int | None:
    """The insertions, deletions, replacements and swaps of neighbours between two texts; None for more than allowed."""
    if len(set(a) ^ set(b)) > 2 * allowed:
        return None
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
