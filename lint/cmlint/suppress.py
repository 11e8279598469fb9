"""Which findings the author has asked not to see: by comment, by annotation, by path in the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.index import Placed
from cmlint.model.facts import FileFacts, Ignore, Scalar
from cmlint.model.findings import Finding
from cmlint.rules import Draft, Rule


class Suppressions:
    """What is suppressed, and which suppressions have been needed.

    `by_path` gives for a pattern of paths the rules and families that the configuration ignores there.
    """

    def __init__(self, by_path: Mapping[str, tuple[str, ...]], rules: Mapping[str, Rule], *, enabled: bool = True) -> None:
        self.by_path, self.rules, self.enabled = by_path, rules, enabled
        self.used: set[tuple[str, int, str]] = set()

    def covers(self, finding: Finding, draft: Draft) -> bool:
        """Whether a finding is suppressed; what suppresses it counts as used."""
        return False

    def unused(self, bundle: Bundle, rules: Iterable[Rule]) -> Iterator[tuple[Placed, Ignore]]:
        """The comments and annotations that suppressed nothing, although the rules they name have run."""
        return iter(())


__all__ = ["FileFacts", "Scalar", "Suppressions"]
