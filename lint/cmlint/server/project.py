"""One folder as the editor has it: read once, then judged again as far as a changed text reaches.

A text that belongs to no kustomization and no chart is read again by itself, and bundles that may see a difference are
judged again. Anything else waits until all of the folder is read again, which builds what was saved.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from cmlint.adopt.baseline import Baseline, leave_out
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import references_of
from cmlint.bundle.readers import Read, reads_of
from cmlint.cache.caches import Caches
from cmlint.cache.held import Held
from cmlint.engine.engine import Judgement
from cmlint.engine.rules import Rule
from cmlint.model.facts import FileFacts
from cmlint.model.findings import Finding
from cmlint.pipeline.check import check, judge
from cmlint.pipeline.read import Before, found_by, manifests_of, read_anew
from cmlint.pipeline.result import Result
from cmlint.server.builds import Builds
from cmlint.sources import files
from cmlint.sources.files import CHART, KUSTOMIZATIONS
from cmlint.sources.found import Found
from cmlint.sources.request import Clusters, Request
from cmlint.system.filesystem import FileSystem
from cmlint.texts import Texts

LARGEST = 20_000
"""Of a folder with more documents only the folders of open files are read."""

QUICK = 0.5
"""A build that took fewer seconds than this is made again while somebody types, and not only when a file is saved."""

CONFIGURING = (*KUSTOMIZATIONS, CHART, ".cmlint.yaml", ".cmlint.yml", "pyproject.toml", ".gitignore")
"""The names of files that decide what is read, and how."""


class Against(NamedTuple):
    """What files resolve against besides each other: a cluster, if it is `live`, and snapshots, by their paths."""

    live: bool = False
    snapshots: tuple[str, ...] = ()


class Setup(NamedTuple):
    """What `cmlint check` would do in a folder: its request, and the baseline that the configuration names.

    `ask` asks a cluster and snapshots for what bundles name, and raises FatalError where they cannot be read.
    """

    request: Request
    baseline: Baseline | None
    ask: Callable[[Sequence[Bundle], Against], Clusters]


Opener = Callable[[str, Sequence[str]], Setup]
"""Gives the setup for paths in a folder; raises FatalError for a configuration that is wrong."""


class Snapshot(msgspec.Struct, kw_only=True, dict=True):
    """What is known of a folder at one moment.

    `texts` are the texts of open files of which it was made, by real paths; `stale` those that it does not know,
    because a build reads them that was not made again.
    """

    result: Result
    request: Request
    texts: Mapping[str, str]
    stale: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def findings(self) -> list[Finding]:
        """What is wrong."""
        return self.result.outcome.findings

    @property
    def bundles(self) -> list[Bundle]:
        """What was read."""
        return self.result.bundles

    @cached_property
    def reads(self) -> dict[tuple[str, str], list[tuple[Bundle, Read]]]:
        """All reads by the kind and name of what they read."""
        return reads_in(self.bundles)

    @cached_property
    def by_path(self) -> dict[str, list[Bundle]]:
        """The bundles that hold a text, or that are built from it."""
        found: dict[str, list[Bundle]] = {}
        for bundle in self.bundles:
            paths = bundle.built.paths() if bundle.built else (path for path, _ in bundle.files)
            for path in dict.fromkeys(paths):
                found.setdefault(path, []).append(bundle)
        return found

    @property
    def shown_texts(self) -> Texts:
        """The texts as they were read, by the paths under which they are shown."""
        return self.result.texts


def reads_in(bundles: Sequence[Bundle]) -> dict[tuple[str, str], list[tuple[Bundle, Read]]]:
    """All reads of bundles by the kind and name of what they read, as it is and as it was written."""
    found: dict[tuple[str, str], list[tuple[Bundle, Read]]] = {}
    for bundle in bundles:
        for placed in bundle.placed:
            for read in reads_of(placed):
                name = read.reference.name.value
                for each in {name, placed.as_written(name)}:
                    found.setdefault((read.reference.target, each), []).append((bundle, read))
    return found


class Project:
    """A folder, or a file that is in no folder. All relative paths start in the folder."""

    def __init__(self, folder: str, opener: Opener, *, only: str | None = None) -> None:
        self.folder, self.opener, self.only = folder, opener, only
        self.paths: tuple[str, ...] = (only,) if only else (os.curdir,)
        self.held: Held[Any] = Held()
        self.builds = Builds()
        self.setup: Setup | None = None
        self.request: Request | None = None
        self.found: Found | None = None
        self.problems: list[Any] = []
        self.judgements: dict[int, Judgement] = {}
        self.snapshot: Snapshot | None = None
        self.known: frozenset[str] = frozenset()
        self.builds_again = self.trusted = True
        self.failed = False
        self.clusters: Clusters | None = None
        self.asked: float | None = None

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that are installed."""
        return self.setup.request.rules if self.setup else {}

    @property
    def gone(self) -> bool:
        """Whether its folder is not there any more."""
        return not os.path.isdir(self.folder)

    @property
    def partial(self) -> bool:
        """Whether only some of its folders are read, because there are too many documents."""
        return self.paths != (os.curdir,) and not self.only

    def shown(self, path: str) -> str:
        """How a path is shown in the folder."""
        return os.path.relpath(path, self.folder).replace(os.sep, "/")

    def read(self, texts: Mapping[str, str]) -> Snapshot:
        """Reads and judges all of the folder, with texts in the place of what files hold.

        Raises FatalError for a configuration that is wrong.
        """
        started = time.perf_counter()
        self.failed = True
        setup = self.opener(self.folder, self.paths)
        caches = Caches(held=self.held, builds=self.builds.begin())
        config = setup.request.config
        config = config if self.trusted else replace(config, build=False)
        disk = FileSystem(texts, self.folder)
        request = replace(
            setup.request, config=config, disk=disk, caches=caches, jobs=1, context=False, clusters=self.clusters
        )
        found = found_by(request)
        caches.save()
        self.setup, self.request, self.found, self.judgements = setup, request, found, {}
        self.problems = list(found.problems)
        if self.paths == (os.curdir,) and count_documents(found) > LARGEST:
            self.paths = tuple(sorted({disk.shown(os.path.dirname(path)) for path in texts})) or self.paths
            if self.paths != (os.curdir,):
                return self.read(texts)
        snapshot = self.judged(request, texts, frozenset(), started)
        self.builds_again = snapshot.seconds < QUICK
        if self.snapshot is None or (self.clusters and not self.snapshot.request.clusters):
            self.known |= {finding.fingerprint for finding in snapshot.findings}
        self.snapshot, self.failed = snapshot, False
        gc.collect()
        gc.freeze()
        return snapshot

    def ask(self, against: Against) -> Clusters | None:
        """Asks a cluster and snapshots for what the folder names; raises FatalError. May run in any thread."""
        snapshot, setup = self.snapshot, self.setup
        if snapshot is None or setup is None or not (against.live or against.snapshots):
            return None
        paths = (os.path.join(self.folder, each) for each in against.snapshots)
        return setup.ask(snapshot.bundles, Against(against.live, tuple(paths)))

    def update(self, texts: Mapping[str, str]) -> Snapshot:
        """Judges the folder with the texts as they are now; those that builds read are noted as stale.

        Only after `read`.
        """
        assert self.request and self.found and self.snapshot
        started = time.perf_counter()
        before = self.request.disk.texts
        differing = [path for path in {**before, **texts} if self.is_other(path, texts.get(path))]
        names = {path: self.request.disk.shown(path) for path in differing}
        loose = [path for path in differing if self.is_loose(path, names[path])]
        stale = frozenset(differing) - frozenset(loose)
        if not loose:
            self.snapshot = replace(self.snapshot, texts=dict(texts), stale=stale)
            return self.snapshot
        kept = {path: text for path, text in before.items() if path not in loose}
        disk = FileSystem(kept | {path: texts[path] for path in loose if path in texts}, self.folder)
        request = replace(self.request, disk=disk)
        old = {names[path]: self.found.facts[names[path]] for path in loose}
        found = replace(self.found, facts=dict(self.found.facts), problems=list(self.problems))
        read_anew(found, request, old)
        new = {name: found.facts[name] for name in old}
        difference = Difference(old, new)
        self.keep(difference)
        self.request, self.found = request, found
        self.snapshot = self.judged(request, texts, stale, started, self.before(difference))
        return self.snapshot

    def is_other(self, path: str, text: str | None) -> bool:
        """Whether the text of a file is another one than that which was read; None is that on the disk."""
        assert self.request
        known = self.request.disk.texts.get(path)
        if known is not None or text is None:
            return known != text
        try:
            return files.read(self.request.disk, path) != text
        except (OSError, UnicodeDecodeError):
            return True

    def is_loose(self, path: str, name: str) -> bool:
        """Whether a file is read as it is, and decides nothing about others."""
        if self.found is None or os.path.basename(path) in CONFIGURING:
            return False
        return name in self.found.facts and not any(name in group.inputs for group in self.found.groups)

    def keep(self, difference: Difference) -> None:
        """Forgets the judgements of bundles that may see a difference; in clusters, each sees what all bring there."""
        assert self.snapshot
        if self.clusters:
            self.judgements.clear()
        for number, bundle in enumerate(self.snapshot.bundles):
            judgement = self.judgements.get(number)
            if judgement and difference.reaches(bundle, judgement):
                del self.judgements[number]

    def before(self, difference: Difference) -> Before:
        """What is kept of the last snapshot."""
        assert self.snapshot
        read = self.snapshot.shown_texts.known.copy()
        known = {path: each for path, each in read.items() if path not in difference.paths}
        proofs = self.snapshot.bundles[0].proofs if self.snapshot.bundles and not difference.everywhere else None
        return Before(known, frozenset(difference.paths), proofs)

    def judged(
        self,
        request: Request,
        texts: Mapping[str, str],
        stale: frozenset[str],
        started: float,
        before: Before | None = None,
    ) -> Snapshot:
        """What is wrong in what was found."""
        assert self.found and self.setup
        result = judge(request, manifests_of(self.found, request, before), self.judgements)
        if self.setup.baseline:
            leave_out(result, self.setup.baseline)
        result.texts.read = partial(self.text_at, self.found, request.disk)
        seconds = time.perf_counter() - started
        return Snapshot(result=result, request=request, texts=dict(texts), stale=stale, seconds=seconds)

    def text_at(self, found: Found, disk: FileSystem, path: str) -> str:
        """The text at a path of the folder; empty where it has gone meanwhile."""
        known = found.texts.get(path)
        try:
            return files.read(disk, path) if known is None else known
        except (OSError, UnicodeDecodeError):
            return ""

    def checked(self, texts: Mapping[str, str]) -> Result:
        """What would be wrong with other texts on top, for the proof of a change."""
        assert self.request
        held = replace(self.request, disk=self.request.disk.with_texts(texts))
        return check(held)

    def is_new(self, finding: Finding) -> bool:
        """Whether a finding was not there when the session began."""
        return finding.fingerprint not in self.known


def count_documents(found: Found) -> int:
    """The number of documents that were read or built."""
    return sum(len(facts.documents) for _, facts in found.all_facts)


class Difference:
    """What other texts make different for bundles that do not hold them."""

    def __init__(self, old: Mapping[str, FileFacts | str], new: Mapping[str, FileFacts | str]) -> None:
        self.paths = old.keys()
        pairs = [(old[path], new[path]) for path in self.paths]
        self.everywhere = any(shared(one) != shared(other) for one, other in pairs)
        defined, now = ({each for facts in side for each in provided(facts)} for side in (old.values(), new.values()))
        self.names = {name for _, name, _ in defined ^ now}

    def reaches(self, bundle: Bundle, judgement: Judgement) -> bool:
        """Whether a bundle may be judged differently."""
        if self.everywhere or bundle.built is None or self.paths & judgement.outcome.paths():
            return True
        return bool(self.names) and any(self.asked(bundle))

    def asked(self, bundle: Bundle) -> Iterator[bool]:
        """For each reference of a bundle whether a name that is defined otherwise may be the answer."""
        for placed in bundle.placed:
            for reference in references_of(placed):
                yield reference.name.value in self.names or bundle.resolver.resolve(reference, placed).status != "found"


def shared(facts: FileFacts | str) -> tuple[object, ...]:
    """What every bundle of a run may see of a text, besides the objects that it defines."""
    if isinstance(facts, str):
        return (facts,)
    deploys = [document.deploys for document in facts.documents if document.deploys]
    handed = facts.replaced, facts.consumed, facts.written
    return facts.commands, facts.images, facts.others, deploys, facts.ignores, handed


def provided(facts: FileFacts | str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The objects that a text defines, with their keys."""
    for document in () if isinstance(facts, str) else facts.documents:
        for provider in document.providers:
            yield provider.target, provider.name.value, tuple(key.name for key in provider.keys)
