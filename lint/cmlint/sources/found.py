"""The files of a run on their way to bundles."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cmlint.bundle.documents import Frame
from cmlint.bundle.material import Material
from cmlint.model.facts import FileFacts
from cmlint.model.failures import Failures
from cmlint.model.problems import Problem
from cmlint.sources.files import Group


class Found(msgspec.Struct):
    """The groups of files that no source has taken yet, and what sources have made of the others.

    `facts` are those of the texts that have been read, by the paths under which they are shown, or the reason why one
    cannot be read. `texts` are texts that are in no file. `kustomizations` and `charts` are evidence at the places of
    these, by the paths under which they are shown: someone may yet build what they do not use. What cannot be built
    goes to `failures`, and all else that went wrong to `problems`. The `frame` says where paths
    lead that begin above the working directory. What is `turned_off` is only named in comments of kustomizations.

    `materials` are those of sources, `together` these after the ones of files as they are. Where files are named one by
    one, `named` are the paths of all that is reported. `left_out` are the folders that are not read.
    """

    groups: list[Group]
    problems: list[Problem]
    failures: Failures = msgspec.field(default_factory=Failures)
    facts: dict[str, FileFacts | str] = {}
    texts: dict[str, str] = {}
    kustomizations: dict[str, FileFacts] = {}
    charts: dict[str, FileFacts] = {}
    turned_off: frozenset[str] = frozenset()
    materials: list[Material] = []
    together: list[Material] = []
    named: frozenset[str] = frozenset()
    left_out: list[str] = []
    frame: Frame | None = None

    @property
    def paths(self) -> list[str]:
        """The paths of the files that no source has taken."""
        return [path for group in self.groups for path in group.paths.values() if path != "-"]

    @property
    def evidence(self) -> list[tuple[str, FileFacts]]:
        """What is known at the places of kustomizations and charts about files that they do not use."""
        return [*self.kustomizations.items(), *self.charts.items()]

    @property
    def all_facts(self) -> Iterator[tuple[str, FileFacts]]:
        """The facts of all texts that have been read or built so far."""
        yield from ((path, facts) for path, facts in self.facts.items() if not isinstance(facts, str))
        yield from (entry for material in self.materials for entry in material.files)
