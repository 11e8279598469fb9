"""What a run may take from earlier ones, and gives to later ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from cmlint.cache.builds import BuildsCache
    from cmlint.cache.facts import FactsCache
    from cmlint.cache.held import Held


class Caches(msgspec.Struct):
    """The facts of texts, and what was built. If there are none, `of_projects` gives both for folders of projects.

    A process that makes several runs holds the facts of files in memory.
    """

    facts: FactsCache | None = None
    builds: BuildsCache | None = None
    held: Held[Any] | None = None
    of_projects: Callable[[Sequence[str]], tuple[FactsCache, BuildsCache]] | None = None

    def enter(self, projects: Sequence[str]) -> None:
        """Takes what is kept of the folders of projects."""
        if self.of_projects and not self.facts:
            self.facts, self.builds = self.of_projects(projects)

    def save(self) -> None:
        """Keeps what is new for the next run."""
        for cache in (self.facts, self.builds):
            if cache:
                cache.save()
